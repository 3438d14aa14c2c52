import { mapColumns } from "./map-columns.ts";
import type { Expression } from "./types.ts";

/** Whether any of the expressions reads column `index` of its row. */
export function readsColumn(expressions: readonly Expression[], index: number): boolean {
  let found = false;
  for (const expression of expressions)
    mapColumns(expression, (column) => {
      found ||= column.index === index;
      return column;
    });
  return found;
}
