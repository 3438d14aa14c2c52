import { EvaluationError } from "../expression/evaluation-error.ts";
import type { RowCompiler } from "../expression/row-compiler.ts";
import type { Expression } from "../plan/types.ts";
import type { Row, Value } from "../types.ts";
import { mapBound, type Bound, type Bounds, type Ordered } from "./bound.ts";
import type { Limit } from "./expiry.ts";
import { risesWith } from "./rises-with.ts";

/** What is known of an expression over columns with bounds. */
export function expressionBound(expression: Expression, bounds: Bounds, rows: RowCompiler): Bound | undefined {
  const column = risesWith(expression);
  const bound = column === undefined ? undefined : bounds.get(column);
  if (column === undefined || bound === undefined || expression.kind === "column") return bound;
  const compute = rows.value(expression);
  return mapBound(bound, (value) => {
    const row: Value[] = [];
    row[column] = value;
    return orFault(compute, row);
  });
}

/** The same as a limit of rows that the expression is over. */
export function expressionLimit(expression: Expression, bounds: Bounds, rows: RowCompiler): Limit[] {
  const bound = expressionBound(expression, bounds, rows);
  return bound === undefined ? [] : [{ value: rows.value(expression), bound }];
}

/** The columns with bounds as limits of their rows. */
export function columnLimits(bounds: Bounds): Limit[] {
  return [...bounds].map(([column, bound]) => ({ value: (row) => row[column]!, bound }));
}

/** A bound is no value of the data: what cannot be computed from it is no fault. */
function orFault(compute: (row: Row) => Value, row: Row): Ordered | undefined {
  try {
    return (compute(row) as Ordered | null) ?? undefined;
  } catch (error) {
    if (error instanceof EvaluationError) return undefined;
    throw error;
  }
}
