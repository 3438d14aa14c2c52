import type { DuckDBConnection } from "@duckdb/node-api";
import { createChunkReader } from "../duckdb/from-duckdb-value.ts";
import { catalogName } from "../duckdb/open-database.ts";
import { duckdbType, duckdbTypeSql } from "../duckdb/column-type.ts";
import type { AppendTarget } from "../duckdb/append-rows.ts";
import { quoteIdentifier } from "../duckdb/quote.ts";
import type { ColumnType, Delta, DeltaEntry, Row, Table, View } from "../types.ts";

/** A relation's SQL names: its own table, and the temporary ones that a step works in. */
export interface RelationSql {
  readonly relation: Table | View;
  /** Qualified, quoted. */
  readonly table: string;
  /** Its columns, quoted, and `c0, c1, …`, the names they have in temporary tables. */
  readonly columns: readonly string[];
  readonly positional: readonly string[];
  readonly types: readonly ColumnType[];
  /** Temporary table `(c0, …, w)` of this step's consolidated changes. */
  readonly delta: string;
  /** Temporary table `(c0, …, w)` of this step's rows as they came. */
  readonly stage: string;
  readonly appendTarget: AppendTarget;
  readonly stageTarget: AppendTarget;
}

export function relationSql(relation: Table | View, index: number): RelationSql {
  const types = relation.fields.map((field) => field.columnType);
  const columns = relation.fields.map((field) => ({
    name: field.name,
    type: field.columnType,
    duckdbType: duckdbType(field.columnType),
  }));
  // No relation of a program can begin with "feldera", so these never hide one.
  const delta = `feldera_delta_${index}`;
  const stage = `feldera_stage_${index}`;
  return {
    relation,
    table: `${catalogName}.main.${quoteIdentifier(relation.name)}`,
    columns: relation.fields.map((field) => quoteIdentifier(field.name)),
    positional: relation.fields.map((_, i) => `c${i}`),
    types,
    delta,
    stage,
    appendTarget: { catalog: catalogName, schema: "main", table: relation.name, columns },
    stageTarget: { catalog: "temp", schema: "main", table: stage, columns },
  };
}

/** Creates an empty staging table. */
export async function createStage(connection: DuckDBConnection, sql: RelationSql): Promise<void> {
  const columns = sql.types.map((type, i) => `c${i} ${duckdbTypeSql(type)}`);
  await connection.run(`CREATE OR REPLACE TEMP TABLE ${sql.stage} (${columns.join(", ")}, w TINYINT)`);
}

/** Consolidates `(c0, …, w)` rows into the relation's delta table. */
export async function createDelta(connection: DuckDBConnection, sql: RelationSql, source: string): Promise<void> {
  const names = sql.positional.join(", ");
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE ${sql.delta} AS SELECT ${names}, CAST(sum(w) AS BIGINT) AS w FROM (${source}) ` +
      `GROUP BY ${names} HAVING sum(w) <> 0`,
  );
}

/** `a.c0 IS NOT DISTINCT FROM b."x" AND …` over the given columns: NULLs are equal as row identity. */
export function sameRow(sql: RelationSql, delta: string, table: string, columns = sql.columns.keys()): string {
  return [...columns].map((i) => `${delta}.c${i} IS NOT DISTINCT FROM ${table}.${sql.columns[i]}`).join(" AND ");
}

/** Applies the delta table to the relation's own table; false when it is empty. */
export async function applyDelta(connection: DuckDBConnection, sql: RelationSql): Promise<boolean> {
  const { delta, table } = sql;
  const counts = await connection.runAndReadAll(
    `SELECT count(*) FILTER (w < 0), count(*) FILTER (w > 0), count(*) FILTER (w > 1) FROM ${delta}`,
  );
  const [removed, added, repeated] = counts.getRows()[0]!.map(Number) as [number, number, number];
  if (removed > 0)
    await connection.run(
      `DELETE FROM ${table} WHERE rowid IN (SELECT id FROM (` +
        `SELECT t.rowid AS id, row_number() OVER (PARTITION BY d.rowid ORDER BY t.rowid) AS copy, -d.w AS n ` +
        `FROM ${table} t JOIN ${delta} d ON d.w < 0 AND ${sameRow(sql, "d", "t")}) WHERE copy <= n)`,
    );
  const names = sql.positional.join(", ");
  if (added > 0) await connection.run(`INSERT INTO ${table} SELECT ${names} FROM ${delta} WHERE w > 0`);
  if (repeated > 0)
    await connection.run(`INSERT INTO ${table} SELECT ${names} FROM (SELECT ${names}, unnest(range(w - 1)) FROM ${delta} WHERE w > 1)`);
  return removed + added > 0;
}

/** Reads the delta table as rows with weights. */
export async function readDelta(connection: DuckDBConnection, sql: RelationSql): Promise<Delta> {
  const read = createChunkReader([...sql.types, { type: "BIGINT", nullable: false }]);
  const result = await connection.run(`SELECT ${sql.positional.join(", ")}, w FROM ${sql.delta}`);
  const entries: DeltaEntry[] = [];
  for (;;) {
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) return entries;
    for (const row of read(chunk) as unknown[][]) {
      const weight = Number(row.pop());
      entries.push([row as unknown as Row, weight]);
    }
  }
}
