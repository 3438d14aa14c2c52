import type { AppendTarget } from "../duckdb/append-rows.ts";
import { duckdbType } from "../duckdb/column-type.ts";
import { catalogName } from "../duckdb/open-database.ts";
import { quoteIdentifier } from "../duckdb/quote.ts";
import type { ColumnType, Table, View } from "../types.ts";

/** A relation's SQL names: its own table, and the temporary one that removals are staged in. */
export interface RelationSql {
  readonly relation: Table | View;
  /** Qualified, quoted. */
  readonly table: string;
  /** Its columns, quoted, and `c0, c1, …`, the names they have in the stage. */
  readonly columns: readonly string[];
  readonly positional: readonly string[];
  readonly types: readonly ColumnType[];
  /** Temporary table `(c0, …, w)`. */
  readonly stage: string;
  readonly appendTarget: AppendTarget;
}

export function relationSql(relation: Table | View, index: number): RelationSql {
  const columns = relation.fields.map(({ name, columnType }) => ({ name, type: columnType, duckdbType: duckdbType(columnType) }));
  return {
    relation,
    table: `${catalogName}.main.${quoteIdentifier(relation.name)}`,
    columns: relation.fields.map((field) => quoteIdentifier(field.name)),
    positional: relation.fields.map((_, i) => `c${i}`),
    types: relation.fields.map((field) => field.columnType),
    // No relation of a program can begin with "feldera", so this never hides one.
    stage: `feldera_stage_${index}`,
    appendTarget: { catalog: catalogName, schema: "main", table: relation.name, columns },
  };
}
