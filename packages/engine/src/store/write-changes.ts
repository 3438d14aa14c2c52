import type { DuckDBConnection } from "@duckdb/node-api";
import { appendRows, type AppendTarget } from "../duckdb/append-rows.ts";
import { duckdbTypeSql } from "../duckdb/column-type.ts";
import { keyColumns } from "../runtime/table-state.ts";
import type { Delta, DeltaEntry, Row } from "../types.ts";
import type { RelationSql } from "./relation-sql.ts";

/** Writes a consolidated change to a relation's table, as part of the connection's transaction. */
export async function writeChanges(connection: DuckDBConnection, sql: RelationSql, changes: Delta): Promise<void> {
  const removed: DeltaEntry[] = [];
  const added: Row[] = [];
  for (const entry of changes) {
    const [row, weight] = entry;
    if (weight < 0) removed.push(entry);
    else for (let copy = 0; copy < weight; copy++) added.push(row);
  }
  if (removed.length > 0) await removeRows(connection, sql, removed);
  await appendRows(connection, sql.appendTarget, added);
}

async function removeRows(connection: DuckDBConnection, sql: RelationSql, removed: readonly DeltaEntry[]): Promise<void> {
  const { relation, stage, table } = sql;
  const key = relation.kind === "table" && relation.primaryKey !== undefined ? keyColumns(relation, relation.primaryKey) : undefined;
  const columns = key ?? [...sql.types.keys()];
  const declared = columns.map((i) => `c${i} ${duckdbTypeSql(sql.types[i]!)}`);
  await connection.run(`CREATE OR REPLACE TEMP TABLE ${stage} (${declared.join(", ")}, w INTEGER)`);
  const target: AppendTarget = {
    catalog: "temp",
    schema: "main",
    table: stage,
    columns: columns.map((i) => sql.appendTarget.columns[i]!),
  };
  const rows = key === undefined ? removed.map(([row]) => row) : removed.map(([row]) => key.map((i) => row[i]!));
  await appendRows(connection, target, rows, (i) => -removed[i]![1]);
  // `=` lets DuckDB skip what has no match, which halves the time; it is wrong only for NULL.
  const same = columns.map((i) => `s.c${i} ${sql.types[i]!.nullable ? "IS NOT DISTINCT FROM" : "="} t.${sql.columns[i]}`).join(" AND ");
  const copies =
    `SELECT id FROM (SELECT t.rowid AS id, row_number() OVER (PARTITION BY s.rowid ORDER BY t.rowid) AS copy, s.w AS n ` +
    `FROM ${table} t JOIN ${stage} s ON ${same}) WHERE copy <= n`;
  const { rowsChanged } = await connection.run(
    key === undefined ? `DELETE FROM ${table} WHERE rowid IN (${copies})` : `DELETE FROM ${table} t USING ${stage} s WHERE ${same}`,
  );
  const expected = removed.reduce((sum, [, weight]) => sum - weight, 0);
  // The store and what the engine keeps in memory never differ; were they to, nothing may be built on it.
  if (rowsChanged !== expected)
    throw new Error(
      `'${relation.name}' holds ${rowsChanged} of ${expected} rows that are to be removed: the file was changed from outside`,
    );
}
