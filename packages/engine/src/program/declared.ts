import type { DuckDBConnection } from "@duckdb/node-api";
import { createTableSql } from "../duckdb/create-table-sql.ts";
import { quoteIdentifier } from "../duckdb/quote.ts";
import type { CompilerMessage, Relation } from "../types.ts";
import type { SourceText } from "./source-text.ts";

/** What the statements before this one declared. */
export interface Declared {
  readonly source: SourceText;
  readonly connection: DuckDBConnection;
  /** Relations by lower-case name. */
  readonly relations: Map<string, Relation & { readonly kind: "table" | "view" }>;
  /** Lower-case names whose own statement has a mistake: what depends on them says nothing more. */
  readonly broken: Set<string>;
  readonly warnings: CompilerMessage[];
  /** `relation.column` (lower-case name, position) of each column that a view reads. */
  readonly used: Set<string>;
}

/** Makes a relation known to the queries after it, as an empty table. */
export async function declare(declared: Declared, relation: Relation & { kind: "table" | "view" }): Promise<void> {
  declared.relations.set(relation.name.toLowerCase(), relation);
  await declared.connection.run(createTableSql(quoteIdentifier(relation.name), relation.fields));
}
