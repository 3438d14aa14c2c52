import type { DuckDBConnection } from "@duckdb/node-api";
import { AppendError, appendRows } from "../duckdb/append-rows.ts";
import { createChunkReader } from "../duckdb/from-duckdb-value.ts";
import { EngineError } from "../errors.ts";
import { ChangeOp, type ChangeBatch, type Table, type Value } from "../types.ts";
import { foldChanges } from "./fold-changes.ts";
import { applyDelta, createDelta, createStage, sameRow, type RelationSql } from "./relation-store.ts";

type Cells = readonly (Value | undefined)[];

/**
 * Applies a step's changes to a table, inside the step's transaction; false when they change nothing. The delta table
 * holds the change of a watched table; without a watcher the cheaper ways need none.
 */
export async function applyTable(
  connection: DuckDBConnection,
  sql: RelationSql,
  batches: readonly ChangeBatch[],
  watched: boolean,
): Promise<boolean> {
  const table = sql.relation as Table;
  try {
    if (table.primaryKey !== undefined) return await applyKeyed(connection, sql, table.primaryKey, batches, watched);
    const inserts = batches.every((batch) => batch.ops === undefined || batch.ops.every((op) => op === ChangeOp.insert));
    if (!inserts || watched) return await applyMultiset(connection, sql, batches);
    let count = 0;
    for (const batch of batches) {
      await appendRows(connection, sql.appendTarget, batch.rows);
      count += batch.rows.length;
    }
    return count > 0;
  } catch (error) {
    if (!(error instanceof AppendError)) throw error;
    throw new EngineError("runtime", `Table '${table.name}', column '${error.column}': ${error.message}`, { cause: error });
  }
}

/** Without a key: rows have weights, and a delete takes one copy if there is one. */
async function applyMultiset(connection: DuckDBConnection, sql: RelationSql, batches: readonly ChangeBatch[]): Promise<boolean> {
  await createStage(connection, sql);
  let deletes = false;
  for (const { rows, ops } of batches) {
    if (ops?.includes(ChangeOp.update) === true)
      throw new EngineError("runtime", `Table '${sql.relation.name}' has no primary key, so its rows cannot be updated`);
    deletes ||= ops?.includes(ChangeOp.delete) === true;
    await appendRows(connection, sql.stageTarget, rows, (row) => (ops?.[row] === ChangeOp.delete ? -1 : 1));
  }
  await createDelta(connection, sql, `FROM ${sql.stage}`);
  if (deletes) await clampDeletes(connection, sql);
  return await applyDelta(connection, sql);
}

/** No weight goes below zero: a delete of a row that is not there does nothing. */
async function clampDeletes(connection: DuckDBConnection, sql: RelationSql): Promise<void> {
  const { delta, table } = sql;
  const have =
    `SELECT d.rowid AS id, count(*) AS n FROM ${delta} d JOIN ${table} t ON d.w < 0 AND ${sameRow(sql, "d", "t")} ` + `GROUP BY d.rowid`;
  await connection.run(`CREATE OR REPLACE TEMP TABLE feldera_have AS ${have}`);
  await connection.run(`DELETE FROM ${delta} WHERE w < 0 AND rowid NOT IN (SELECT id FROM feldera_have)`);
  await connection.run(`UPDATE ${delta} SET w = -h.n FROM feldera_have h WHERE ${delta}.rowid = h.id AND -${delta}.w > h.n`);
}

async function applyKeyed(
  connection: DuckDBConnection,
  sql: RelationSql,
  primaryKey: readonly string[],
  batches: readonly ChangeBatch[],
  watched: boolean,
): Promise<boolean> {
  const keys = primaryKey.map((name) => sql.relation.fields.findIndex((field) => field.name === name));
  const folded = foldChanges(batches, keys);
  const patched = folded.patches.length === 0 ? [] : await patchRows(connection, sql, keys, folded.patches);
  await createStage(connection, sql);
  await appendRows(connection, sql.stageTarget, folded.puts, () => 1);
  await appendRows(connection, sql.stageTarget, patched, () => 1);
  await appendRows(connection, keyTarget(sql, keys), onlyKeys(folded.deletes, keys), () => 0);
  const same = sameRow(sql, "s", "t", keys.values());
  const names = sql.positional.join(", ");
  if (watched) {
    const old = `SELECT ${columnsOf("t", sql)}, -1 FROM ${sql.table} t JOIN ${sql.stage} s ON ${same}`;
    await createDelta(connection, sql, `FROM ${sql.stage} WHERE w = 1 UNION ALL ${old}`);
    return await applyDelta(connection, sql);
  }
  await connection.run(`DELETE FROM ${sql.table} WHERE rowid IN (SELECT t.rowid FROM ${sql.table} t JOIN ${sql.stage} s ON ${same})`);
  await connection.run(`INSERT INTO ${sql.table} SELECT ${names} FROM ${sql.stage} WHERE w = 1`);
  return folded.puts.length + folded.deletes.length + patched.length > 0;
}

const columnsOf = (alias: string, sql: RelationSql): string => sql.columns.map((column) => `${alias}.${column}`).join(", ");

/** The stage with only the key required: a delete names its key and leaves the rest out. */
function keyTarget(sql: RelationSql, keys: readonly number[]): RelationSql["stageTarget"] {
  const columns = sql.stageTarget.columns.map((column, i) =>
    keys.includes(i) ? column : { ...column, type: { ...column.type, nullable: true } },
  );
  return { ...sql.stageTarget, columns };
}

const onlyKeys = (rows: readonly Cells[], keys: readonly number[]): Cells[] =>
  rows.map((cells) => {
    const row: (Value | undefined)[] = new Array<undefined>(cells.length).fill(undefined);
    for (const key of keys) row[key] = cells[key];
    return row;
  });

/** The whole rows that result from updates of some columns; updates of missing keys are left out. */
async function patchRows(
  connection: DuckDBConnection,
  sql: RelationSql,
  keys: readonly number[],
  patches: readonly Cells[],
): Promise<Cells[]> {
  await createStage(connection, sql);
  await appendRows(connection, keyTarget(sql, keys), onlyKeys(patches, keys), () => 0);
  const result = await connection.run(
    `SELECT ${columnsOf("t", sql)} FROM ${sql.table} t JOIN ${sql.stage} s ON ${sameRow(sql, "s", "t", keys.values())}`,
  );
  const read = createChunkReader(sql.types);
  const rows: Cells[] = [];
  for (;;) {
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) break;
    rows.push(...read(chunk));
  }
  const batches = [
    { rows, ops: undefined },
    { rows: patches, ops: new Uint8Array(patches.length).fill(ChangeOp.update) },
  ];
  const merged = foldChanges(batches, keys);
  return [...merged.puts];
}
