import type { RowCompiler } from "../expression/row-compiler.ts";
import type { AggregateCall } from "../plan/types.ts";
import type { Value } from "../types.ts";
import type { Accumulator, AggregateFunction, BoundAggregate } from "./accumulator.ts";
import { unproven } from "./argument.ts";

/** count(*), and count(x) of what is not NULL. */
export const count: AggregateFunction = {
  names: ["count_star", "count"],
  signature: "count(*), count(any)",
  bind(call: AggregateCall, rows: RowCompiler): BoundAggregate {
    const [argument, ...others] = call.args;
    if (others.length > 0) throw unproven(call);
    const create = (): Accumulator => new Count();
    if (argument === undefined) return { input: () => true, create };
    return { input: rows.value(argument), create };
  },
};

class Count implements Accumulator {
  private total = 0;

  add(_value: Value, weight: number): void {
    this.total += weight;
  }

  result(): Value {
    return BigInt(this.total);
  }
}
