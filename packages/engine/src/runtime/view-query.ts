import { duckdbTypeSql } from "../duckdb/column-type.ts";
import type { View } from "../types.ts";

/**
 * A view's query with its columns as `c0, c1, …` in the types that the program publishes. The line end keeps a trailing
 * comment of the query from swallowing what follows it.
 */
export function viewQuery(view: View): string {
  const casts = view.fields.map((field, i) => `CAST(q.c${i} AS ${duckdbTypeSql(field.columnType)}) AS c${i}`);
  return `SELECT ${casts.join(", ")} FROM (${view.query}\n) AS q(${view.fields.map((_, i) => `c${i}`).join(", ")})`;
}
