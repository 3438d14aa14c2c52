import type { Key } from "../dataflow/operator.ts";
import type { Row, Value } from "../types.ts";
import type { Expression, Order, PlanType } from "../plan/types.ts";

/**
 * Turns expressions into JavaScript functions over rows. Every method throws `Unsupported` for an expression that is not proven
 * equal to DuckDB; the functions throw `EvaluationError` for a fault of the data, in DuckDB's words where they are short.
 */
export interface RowCompiler {
  value(expression: Expression): (row: Row) => Value;
  /** A fresh row of the expressions' values; the row itself when the expressions are exactly its columns (`width` of them). */
  row(expressions: readonly Expression[], width: number): (row: Row) => Row;
  /** True when every expression is TRUE (not NULL). */
  predicate(expressions: readonly Expression[]): (row: Row) => boolean;
  /** The same over left ++ right without building that row: columns below `leftWidth` are the left row's. */
  joinPredicate(expressions: readonly Expression[], leftWidth: number): (left: Row, right: Row) => boolean;
  /** A fresh row of the expressions' values over left ++ right, without building that row. Joins emit through it. */
  joinRow(expressions: readonly Expression[], leftWidth: number): (left: Row, right: Row) => Row;
  /** Identity of the values (GROUP BY, DISTINCT, IS NOT DISTINCT FROM): NULL equals NULL, -0 equals 0, NaN equals NaN. */
  key(expressions: readonly Expression[]): (row: Row) => Key;
  /** The same for `=` of a join, comparable between both sides: undefined when a value is NULL, which matches nothing. */
  joinKey(expressions: readonly Expression[]): (row: Row) => Key | undefined;
  /** Identity of a whole row of these types. */
  rowKey(types: readonly PlanType[]): (row: Row) => Key;
  /** SQL order of two rows: negative, 0, positive. */
  compare(orders: readonly Order[]): (a: Row, b: Row) => number;
  /** A total order by value over whole rows of these types, to settle ties the same way every time. */
  compareRows(types: readonly PlanType[]): (a: Row, b: Row) => number;
  /** SQL order of two values that are not NULL. */
  compareValues(type: PlanType): (a: Value, b: Value) => number;
  /** Equality of two values as identity: NULL equals NULL. */
  sameValue(type: PlanType): (a: Value, b: Value) => boolean;
}
