import type { RowCompiler } from "../expression/row-compiler.ts";
import type { AggregateCall } from "../plan/types.ts";
import type { Value } from "../types.ts";
import type { Accumulator, AggregateFunction, BoundAggregate } from "./accumulator.ts";
import { onlyArgument, unproven } from "./argument.ts";

/** bool_and(x): FALSE when any value is; NULL over nothing. */
export const boolAnd: AggregateFunction = {
  names: ["bool_and"],
  signature: "bool_and(BOOLEAN)",
  bind: (call, rows) => bindTruth(call, rows, false),
};

/** bool_or(x): TRUE when any value is; NULL over nothing. */
export const boolOr: AggregateFunction = {
  names: ["bool_or"],
  signature: "bool_or(BOOLEAN)",
  bind: (call, rows) => bindTruth(call, rows, true),
};

function bindTruth(call: AggregateCall, rows: RowCompiler, deciding: boolean): BoundAggregate {
  const argument = onlyArgument(call);
  if (argument.type.id !== "BOOLEAN") throw unproven(call);
  return { input: rows.value(argument), create: () => new Truth(deciding) };
}

class Truth implements Accumulator {
  private count = 0;
  private decided = 0;
  private readonly deciding: boolean;

  constructor(deciding: boolean) {
    this.deciding = deciding;
  }

  add(value: Value, weight: number): void {
    this.count += weight;
    if (value === this.deciding) this.decided += weight;
  }

  result(): Value {
    if (this.count === 0) return null;
    return this.decided > 0 ? this.deciding : !this.deciding;
  }
}
