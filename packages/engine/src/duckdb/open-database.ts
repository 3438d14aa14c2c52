import { mkdir, mkdtemp, rm, stat } from "node:fs/promises";
import { availableParallelism, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api";
import type { StorageLocation } from "../engine.ts";
import { quoteLiteral } from "./quote.ts";

/** Name under which the pipeline's database is attached. */
export const catalogName = "store";
/** One-row table with the last committed step and the caller's data; no query can name its schema. */
export const stepTable = `${catalogName}.headgate.step`;
/** One-row table with the program that the store's relations belong to. */
export const programTable = `${catalogName}.headgate.program`;
/** Name of the database file in a storage directory. */
export const databaseFile = "engine.duckdb";

export interface Database {
  /** A connection whose default database is the store. */
  connect(): Promise<DuckDBConnection>;
  /** The only folder that DuckDB may write files to; its own code alone can name it. */
  readonly exportFolder: string;
  storageBytes(): Promise<number>;
  close(): Promise<void>;
}

export interface OpenOptions {
  readonly storage: StorageLocation;
  readonly memoryLimitMb?: number | undefined;
  readonly threads?: number | undefined;
}

/**
 * How much DuckDB's write-ahead log may hold before it is worked into the file. More makes commits steadier and a restart slower: the
 * log is read again then, at about 100 MB a second.
 */
const checkpointThreshold = "64MiB";

/**
 * Opens the database of a directory as it was left, or an empty one.
 *
 * DuckDB is locked before any SQL of a user is run: no files outside the export folder, no extensions, no settings.
 */
export async function openDatabase(options: OpenOptions): Promise<Database> {
  const directory = options.storage.kind === "directory" ? options.storage.path : undefined;
  const file = directory === undefined ? ":memory:" : join(directory, databaseFile);
  if (directory !== undefined) await clearScratch(directory);
  const exportFolder = directory === undefined ? await mkdtemp(join(tmpdir(), "headgate-export-")) : join(directory, "export");
  await mkdir(exportFolder, { recursive: true });
  const instance = await DuckDBInstance.create(":memory:", {
    threads: String(options.threads ?? Math.min(2, availableParallelism())),
    memory_limit: `${options.memoryLimitMb ?? Math.max(256, Math.floor(totalmem() / 4 / 2 ** 20))}MiB`,
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
  });
  try {
    const connection = await instance.connect();
    // In memory DuckDB would otherwise spill to ".tmp" below whatever folder the process runs in.
    await connection.run(`SET temp_directory = ${quoteLiteral(directory === undefined ? "" : join(directory, "spill"))}`);
    await connection.run(`SET checkpoint_threshold = '${checkpointThreshold}'`);
    await connection.run(`ATTACH ${quoteLiteral(file)} AS ${catalogName}`);
    await connection.run("SET GLOBAL TimeZone = 'UTC'");
    // DuckDB 1.5.5 pushes a join's filter below ORDER BY … LIMIT, which then keeps other rows.
    await connection.run("SET GLOBAL disabled_optimizers = 'join_filter_pushdown'");
    await connection.run(`SET allowed_directories = [${quoteLiteral(exportFolder)}]`);
    await connection.run("SET enable_external_access = false");
    await connection.run("SET lock_configuration = true");
    connection.closeSync();
  } catch (error) {
    instance.closeSync();
    throw error;
  }
  return {
    exportFolder,
    async connect() {
      const connection = await instance.connect();
      await connection.run(`USE ${catalogName}`);
      return connection;
    },
    async storageBytes() {
      if (directory === undefined) return 0;
      const sizes = await Promise.all([file, `${file}.wal`].map(sizeOf));
      return sizes.reduce((sum, size) => sum + size, 0);
    },
    async close() {
      instance.closeSync();
      await rm(exportFolder, { recursive: true, force: true });
    },
  };
}

/** Removes what an earlier process left that nothing refers to. */
async function clearScratch(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  for (const name of ["spill", "export"]) await rm(join(directory, name), { recursive: true, force: true });
}

const sizeOf = (path: string): Promise<number> =>
  stat(path).then(
    (found) => found.size,
    () => 0,
  );
