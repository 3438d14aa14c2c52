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

/** count_if(condition): rows for which it is TRUE; 0, not NULL, over none. DuckDB gives HUGEINT. */
export const countIf: AggregateFunction = {
  names: ["count_if", "countif"],
  signature: "count_if(BOOLEAN)",
  bind(call: AggregateCall, rows: RowCompiler): BoundAggregate {
    const [argument, ...others] = call.args;
    if (argument?.type.id !== "BOOLEAN" || others.length > 0) throw unproven(call);
    const value = rows.value(argument);
    return { input: (row) => (value(row) === true ? true : null), create: () => new Count() };
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
