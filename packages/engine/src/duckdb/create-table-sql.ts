import type { Field } from "../types.ts";
import { duckdbTypeSql } from "./column-type.ts";
import { quoteIdentifier } from "./quote.ts";

/**
 * The CREATE TABLE that holds a relation. It has no constraints and no index: keys and NOT NULL are kept by the engine,
 * because an index makes upserts slow and can invalidate the whole database.
 */
export function createTableSql(qualifiedName: string, fields: readonly Field[]): string {
  const columns = fields.map((field) => `${quoteIdentifier(field.name)} ${duckdbTypeSql(field.columnType)}`);
  return `CREATE TABLE ${qualifiedName} (${columns.join(", ")})`;
}
