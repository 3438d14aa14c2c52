import { mapColumns } from "../plan/map-columns.ts";
import type { Expression } from "../plan/types.ts";

/** The expression with every column moved up by `by`: one over the right side of a join becomes one over left ++ right. */
export const shiftColumns = (expression: Expression, by: number): Expression =>
  mapColumns(expression, (column) => ({ ...column, index: column.index + by }));
