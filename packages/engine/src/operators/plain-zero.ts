import type { PlanType } from "../plan/types.ts";
import type { Row } from "../types.ts";

/**
 * Rows that stand for all rows equal to them: -0 and 0 are one, and which of them is shown must not depend on the order of rows. Gives
 * the row itself when there is nothing to change.
 */
export function createPlainZero(types: readonly PlanType[]): (row: Row) => Row {
  const columns = types.flatMap(({ id }, column) => (id === "DOUBLE" || id === "FLOAT" ? [column] : []));
  if (columns.length === 0) return (row) => row;
  return (row) => (columns.some((column) => Object.is(row[column], -0)) ? row.map((value) => (Object.is(value, -0) ? 0 : value)) : row);
}
