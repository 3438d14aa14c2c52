import { mapColumns } from "./map-columns.ts";
import type { Expression } from "./types.ts";

/** The columns that expressions read. */
export function columnsOf(expressions: readonly Expression[]): ReadonlySet<number> {
  const columns = new Set<number>();
  for (const expression of expressions)
    mapColumns(expression, (column) => {
      columns.add(column.index);
      return column;
    });
  return columns;
}
