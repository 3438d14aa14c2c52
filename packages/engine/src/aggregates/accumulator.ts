import type { RowCompiler } from "../expression/row-compiler.ts";
import type { AggregateCall } from "../plan/types.ts";
import type { Row, Value } from "../types.ts";

/**
 * The state of one aggregate over one group. `add` with a negative weight takes values back exactly, so that the result is a
 * function of the multiset of values that are in it now. Inside a step a value's weight may be below 0 for a while; `result` is
 * asked when it no longer is.
 */
export interface Accumulator {
  add(value: Value, weight: number): void;
  result(): Value;
}

/** An aggregate call, ready to run. */
export interface BoundAggregate {
  /** What `add` gets for an input row: the argument's value, or a row of several. NULL: the row does not count. */
  readonly input: (row: Row) => Value;
  readonly create: () => Accumulator;
}

/** Aggregates that are proven to equal DuckDB's, under DuckDB's names for them. */
export interface AggregateFunction {
  readonly names: readonly string[];
  /** @throws Unsupported for arguments or types that are not proven. */
  readonly bind: (call: AggregateCall, rows: RowCompiler) => BoundAggregate;
  /** For docs/sql.md, such as "sum(integers, DECIMAL, FLOAT, DOUBLE)". */
  readonly signature: string;
}
