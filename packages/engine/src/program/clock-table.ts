import type { Field, Table } from "../types.ts";

const field = (name: string, type: "INTEGER" | "TIMESTAMP"): Field => ({
  name,
  caseSensitive: false,
  columnType: type === "TIMESTAMP" ? { type, nullable: false, precision: 6 } : { type, nullable: false },
  unused: false,
});

/**
 * The table behind NOW(): one row, which each step that has a later time replaces. A program that uses NOW() has it like any other
 * table, so that its views follow it as they follow anything.
 */
export const clockTable: Table = {
  kind: "table",
  name: "feldera_clock",
  caseSensitive: false,
  fields: [field("id", "INTEGER"), field("now", "TIMESTAMP")],
  primaryKey: ["id"],
  appendOnly: false,
  materialized: true,
  internal: true,
  // Time never goes back: what stands behind NOW() minus a distance can be forgotten.
  lateness: [{ column: 1, distance: "0" }],
  properties: {},
  position: { startLine: 1, startColumn: 1, endLine: 1, endColumn: 1 },
};
