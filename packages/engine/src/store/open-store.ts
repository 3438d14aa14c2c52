import { access, rm } from "node:fs/promises";
import { join } from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import { createTableSql } from "../duckdb/create-table-sql.ts";
import { catalogName, databaseFile, openDatabase, programTable, stepTable, type Database } from "../duckdb/open-database.ts";
import { quoteIdentifier, quoteLiteral } from "../duckdb/quote.ts";
import type { EngineOptions, ProgramChange, Restored } from "../engine.ts";
import { EngineError } from "../errors.ts";
import { fingerprints, joinChanges, programChange, type Fingerprints } from "./fingerprints.ts";
import type { Dependencies } from "../runtime/dependencies.ts";
import { createStore, type Store } from "./store.ts";
import { otherFormat, readStoreFile, storeFormat, writeStoreFile } from "./store-file.ts";
import { storageError } from "./storage-error.ts";
import type { RelationSql } from "./relation-sql.ts";

export interface OpenedStore {
  readonly store: Store;
  readonly database: Database;
  readonly restored: Restored | undefined;
  /** Stored views whose table is new, so that their content has to be computed. */
  readonly unfilled: ReadonlySet<string>;
}

/**
 * Opens a directory's store, or an empty one, with a table for each of `relations`; those of `scratch` begin empty. What the program
 * declares differently than the store has it, is emptied; that is on disk with the store's next commit, together with what the caller
 * fills in.
 *
 * @throws EngineError `storage`
 */
export async function openStore(
  { storage, program, ...limits }: EngineOptions,
  relations: ReadonlyMap<string, RelationSql>,
  scratch: ReadonlySet<string>,
  dependencies: Dependencies,
): Promise<OpenedStore> {
  const directory = storage.kind === "directory" ? storage.path : undefined;
  let database: Database | undefined;
  let writer: DuckDBConnection | undefined;
  try {
    if (directory !== undefined) await checkDirectory(directory);
    database = await openDatabase({ storage, ...limits });
    writer = await database.connect();
    if (directory !== undefined && (await isForeign(writer))) {
      // A file of the time when state was not kept; or of a first start that was cut off.
      writer.closeSync();
      await database.close();
      for (const name of [databaseFile, `${databaseFile}.wal`]) await rm(join(directory, name), { force: true });
      database = await openDatabase({ storage, ...limits });
      writer = await database.connect();
    }
    const declared = fingerprints(program, dependencies);
    const { step, data, watermarks, changed, unfilled, open } = await prepare(writer, directory ?? "", relations, scratch, declared);
    const onFirstCommit = directory !== undefined && open ? () => writeStoreFile(directory, declared) : undefined;
    const store = createStore({ storage, database, writer, relations, scratch, open, step, data, watermarks, onFirstCommit });
    if (changed === undefined) await store.commit(step, data, watermarks);
    const isNew = changed === undefined || (step === 0 && data === "");
    return { store, database, restored: isNew ? undefined : { step, data, changed }, unfilled };
  } catch (error) {
    writer?.closeSync();
    await database?.close().catch(() => undefined);
    throw storageError(storage, error);
  }
}

async function checkDirectory(directory: string): Promise<void> {
  if ((await readStoreFile(directory)) === undefined) return;
  const file = join(directory, databaseFile);
  await access(file).catch((error: unknown) => {
    throw new EngineError(
      "storage",
      `The store's database '${file}' is missing. Restore the directory from a copy, or clear the pipeline's storage to start empty`,
      { cause: error, suggestion: "Restore the directory from a copy, or clear the pipeline's storage to start empty" },
    );
  });
}

const tableExists = async (connection: DuckDBConnection, schema: string, table: string): Promise<boolean> => {
  const found = await connection.runAndReadAll(
    `SELECT 1 FROM duckdb_tables() WHERE database_name = '${catalogName}' AND schema_name = '${schema}' AND table_name = '${table}'`,
  );
  return found.currentRowCount > 0;
};

/** True for a database that has something in it, but no program. */
async function isForeign(connection: DuckDBConnection): Promise<boolean> {
  return !(await tableExists(connection, "headgate", "program")) && (await tableExists(connection, "headgate", "step"));
}

interface Prepared {
  readonly step: number;
  readonly data: string;
  readonly watermarks: string;
  /** Undefined when the store is new. */
  readonly changed: ProgramChange | undefined;
  readonly unfilled: ReadonlySet<string>;
  /** Whether the connection is in a transaction that brings the tables in line with the program. */
  readonly open: boolean;
}

async function prepare(
  connection: DuckDBConnection,
  directory: string,
  relations: ReadonlyMap<string, RelationSql>,
  scratch: ReadonlySet<string>,
  declared: Fingerprints,
): Promise<Prepared> {
  const before = (await tableExists(connection, "headgate", "program")) ? await readProgram(connection, directory) : undefined;
  await connection.run("BEGIN TRANSACTION");
  if (before === undefined) {
    await connection.run(`CREATE SCHEMA IF NOT EXISTS ${catalogName}.headgate`);
    await connection.run(`CREATE TABLE ${stepTable} AS SELECT 0::BIGINT AS step, '' AS data, '' AS watermarks`);
    await connection.run(
      `CREATE TABLE ${programTable} AS SELECT ${storeFormat}::INTEGER AS format, ${quoteLiteral(JSON.stringify(declared))} AS relations, ` +
        `${quoteLiteral(JSON.stringify([...scratch]))} AS scratch, NULL::VARCHAR AS change, 0::BIGINT AS changed_at`,
    );
    for (const { table, relation } of relations.values()) await connection.run(createTableSql(table, relation.fields));
    return { step: 0, data: "", watermarks: "", changed: undefined, unfilled: new Set(), open: true };
  }
  const { step, data, watermarks } = before;
  const difference = programChange(before.relations, declared);
  // A change that no step has followed yet is still to be told.
  const changed = before.changedAt === step && before.change !== undefined ? joinChanges(before.change, difference) : difference;
  const aligned = await alignTables(connection, relations, new Set([...scratch, ...before.scratch]), changed);
  if (aligned === undefined) {
    await connection.run("ROLLBACK");
    return { step, data, watermarks, changed, unfilled: new Set(), open: false };
  }
  await connection.run(
    `UPDATE ${programTable} SET relations = ${quoteLiteral(JSON.stringify(declared))}, ` +
      `scratch = ${quoteLiteral(JSON.stringify([...scratch]))}, change = ${quoteLiteral(JSON.stringify(changed))}, changed_at = ${step}`,
  );
  return { step, data, watermarks, changed, unfilled: new Set(aligned.filter((name) => !scratch.has(name))), open: true };
}

interface StoredProgram {
  readonly step: number;
  readonly data: string;
  readonly watermarks: string;
  readonly relations: Fingerprints;
  /** Views whose tables were not kept up. */
  readonly scratch: readonly string[];
  readonly change: ProgramChange | undefined;
  readonly changedAt: number;
}

async function readProgram(connection: DuckDBConnection, directory: string): Promise<StoredProgram> {
  const [program] = (
    await connection.runAndReadAll(`SELECT format, relations, scratch, change, changed_at FROM ${programTable}`)
  ).getRows();
  const [format, relations, scratch, change, changedAt] = program as [number, string, string, string | null, bigint];
  if (format !== storeFormat) throw otherFormat(join(directory, databaseFile), format);
  // Stores of the time before LATENESS had an effect lack the column.
  await connection.run(`ALTER TABLE ${stepTable} ADD COLUMN IF NOT EXISTS watermarks VARCHAR DEFAULT ''`);
  const [last] = (await connection.runAndReadAll(`SELECT step, data, watermarks FROM ${stepTable}`)).getRows();
  const [step, data, watermarks] = last as [bigint, string, string];
  return {
    step: Number(step),
    data,
    watermarks,
    relations: JSON.parse(relations) as Fingerprints,
    scratch: JSON.parse(scratch) as string[],
    change: change === null ? undefined : (JSON.parse(change) as ProgramChange),
    changedAt: Number(changedAt),
  };
}

/**
 * Drops tables that the program does not have so, creates those it has anew; gives the views among the new ones, or undefined when all
 * is as it should be.
 */
async function alignTables(
  connection: DuckDBConnection,
  relations: ReadonlyMap<string, RelationSql>,
  useless: ReadonlySet<string>,
  { tables, views }: ProgramChange,
): Promise<string[] | undefined> {
  const stale = new Set([...tables.added, ...tables.modified, ...views.added, ...views.modified]);
  const found = await connection.runAndReadAll(
    `SELECT table_name FROM duckdb_tables() WHERE database_name = '${catalogName}' AND schema_name = 'main'`,
  );
  const existing = new Set(found.getRows().map(([name]) => String(name)));
  const dropped = [...existing].filter((name) => !relations.has(name) || useless.has(name) || stale.has(name));
  for (const name of dropped) {
    await connection.run(`DROP TABLE ${catalogName}.main.${quoteIdentifier(name)}`);
    existing.delete(name);
  }
  const missing = [...relations].filter(([name]) => !existing.has(name));
  for (const [, { table, relation }] of missing) await connection.run(createTableSql(table, relation.fields));
  if (dropped.length + missing.length + tables.removed.length + views.removed.length + stale.size === 0) return undefined;
  return missing.filter(([, { relation }]) => relation.kind === "view").map(([name]) => name);
}
