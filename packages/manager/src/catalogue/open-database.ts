import { closeSync, mkdirSync, openSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { StartupError } from "../startup-error.ts";
import { migrations } from "./migrations.ts";

/** SQLite's primary result codes that matter here. */
const sqlite = { busy: 5, corrupt: 11, cantOpen: 14, notADatabase: 26 } as const;
/** Marks the file as ours ("HDGT"), so that a stranger's SQLite file is not migrated by mistake. */
const applicationId = 0x48444754;

/**
 * Opens the catalogue of a data directory, for this process alone, and brings its schema up to date.
 * @throws StartupError
 */
export function openDatabase(dataDirectory: string): DatabaseSync {
  try {
    mkdirSync(dataDirectory, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw new StartupError(
      "DataDirectoryUnusable",
      `The data directory ${dataDirectory} cannot be created: ${messageOf(cause)}. Give a directory that this user may write to.`,
      { cause },
    );
  }
  const file = join(dataDirectory, "catalogue.sqlite");
  let database: DatabaseSync | undefined;
  try {
    // Programs hold connection strings. SQLite gives its journal the rights of the file that it finds.
    closeSync(openSync(file, "a", 0o600));
    database = new DatabaseSync(file, { timeout: 0, enableForeignKeyConstraints: true });
    own(database);
    migrate(database, file);
    return database;
  } catch (cause) {
    database?.close();
    throw explain(cause, dataDirectory, file);
  }
}

/** The kernel drops this lock with the process, so `kill -9` leaves nothing to clean up. */
function own(database: DatabaseSync): void {
  database.exec("PRAGMA locking_mode = EXCLUSIVE");
  database.exec("PRAGMA journal_mode = WAL");
  database.exec("PRAGMA synchronous = FULL");
  database.exec("BEGIN EXCLUSIVE; COMMIT");
}

function migrate(database: DatabaseSync, file: string): void {
  const check = database.prepare("PRAGMA quick_check(1)").get() as { quick_check: string };
  if (check.quick_check !== "ok") throw corrupt(file, check.quick_check);
  const { user_version: found } = database.prepare("PRAGMA user_version").get() as { user_version: number };
  const { application_id: owner } = database.prepare("PRAGMA application_id").get() as { application_id: number };
  if (owner !== applicationId && (owner !== 0 || found !== 0)) throw corrupt(file, "it belongs to another application");
  if (found > migrations.length) {
    throw new StartupError(
      "CatalogueTooNew",
      `The catalogue ${file} has version ${String(found)}, and this server knows versions up to ${String(migrations.length)}. ` +
        "Run the newer server that wrote it, or give another data directory.",
    );
  }
  for (let version = found; version < migrations.length; version++) {
    database.exec(
      `BEGIN; ${migrations[version] ?? ""}; PRAGMA application_id = ${String(applicationId)}; PRAGMA user_version = ${String(version + 1)}; COMMIT`,
    );
  }
}

function explain(cause: unknown, dataDirectory: string, file: string): Error {
  if (cause instanceof StartupError) return cause;
  const code = (cause as { errcode?: number }).errcode;
  const primary = code === undefined ? undefined : code & 0xff;
  if (primary === sqlite.busy) {
    return new StartupError(
      "DataDirectoryInUse",
      `The data directory ${dataDirectory} is in use by another server. Stop that one, or give another data directory.`,
      { cause },
    );
  }
  if (primary === sqlite.corrupt || primary === sqlite.notADatabase) return corrupt(file, messageOf(cause), cause);
  return new StartupError("DataDirectoryUnusable", `The catalogue ${file} cannot be opened: ${messageOf(cause)}.`, { cause });
}

function corrupt(file: string, why: string, cause?: unknown): StartupError {
  return new StartupError(
    "CatalogueCorrupt",
    `The catalogue ${file} is damaged (${why}). Restore it from a backup, or move it away to start with an empty one.`,
    { cause },
  );
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
