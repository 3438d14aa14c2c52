import type { Field, View } from "../types.ts";

/** Name of the system view that lists rows the program refused. */
export const errorViewName = "error_view";

const columns = ["table_or_view_name", "message", "metadata"];
const field = (name: string): Field => ({
  name,
  caseSensitive: false,
  columnType: { type: "VARCHAR", nullable: false, precision: -1 },
  unused: false,
});

/** The system view that every program has: the engine adds a row for each change that came too late. Its query gives only its columns. */
export const errorView: View = {
  kind: "view",
  name: errorViewName,
  caseSensitive: false,
  fields: columns.map(field),
  materialized: false,
  local: false,
  properties: {},
  position: { startLine: 1, startColumn: 1, endLine: 1, endColumn: 1 },
  query: `SELECT ${columns.map((name) => `'' AS ${name}`).join(", ")} WHERE false`,
};
