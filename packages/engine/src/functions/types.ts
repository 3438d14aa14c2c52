import type { Expression, PlanType } from "../plan/types.ts";
import type { Value } from "../types.ts";

/** A scalar function that is proven to equal DuckDB's: a test in this folder compares both over generated and extreme values. */
export interface ScalarFunction {
  /** DuckDB's names for it, lower case: the plan uses any alias. */
  readonly names: readonly string[];
  /** Which argument types are proven, one entry per overload; the result's type is the plan's. */
  readonly overloads: readonly Overload[];
}

export interface Overload {
  /** Whether the call's types are this overload's. */
  readonly accepts: (args: readonly PlanType[], result: PlanType) => boolean;
  /**
   * "null": NULL when any argument is NULL, and `evaluate` never sees one (the usual rule).
   * "called": `evaluate` gets NULLs, for functions such as concat.
   */
  readonly onNull: "null" | "called";
  /**
   * Makes the function for a call; arguments that are constants are given, so that a pattern is prepared once.
   * @throws Unsupported when these constants are not proven.
   */
  readonly bind: (call: BoundCall) => (...args: never[]) => Value;
  /** For hot operators: JavaScript source over the arguments' sources (never NULL here), instead of a call of `bind`'s function. */
  readonly inline?: (args: readonly string[], call: BoundCall) => string | undefined;
  /** For docs/sql.md, such as "substring(VARCHAR, BIGINT, BIGINT)". */
  readonly signature: string;
}

export interface BoundCall {
  readonly args: readonly Expression[];
  readonly types: readonly PlanType[];
  readonly result: PlanType;
}
