import { join } from "node:path";
import { databaseFile } from "../duckdb/open-database.ts";
import type { StorageLocation } from "../engine.ts";
import { EngineError } from "../errors.ts";
import { duckdbMessage } from "../query/duckdb-error.ts";

/** What DuckDB and the file system say, what that means, and what to do. */
const known: readonly (readonly [words: RegExp, meaning: string, suggestion: string])[] = [
  [/Could not set lock|Conflicting lock/, "is in use by another process", "Stop the process that holds it, then start the pipeline again"],
  [
    /not a valid DuckDB database|Corrupt|checksum|Serialization Error|Failed to load metadata|WAL file|INTERNAL Error/i,
    "is damaged",
    "Restore the directory from a copy, or clear the pipeline's storage to start empty",
  ],
  [
    /with version number/,
    "was written by another version",
    "Run the version that wrote it, or clear the pipeline's storage to start empty",
  ],
  [
    /No space left|ENOSPC|EDQUOT|EFBIG|File too large|quota exceeded/i,
    "cannot grow: the disk is full",
    "Free some space and start the pipeline again; nothing that was acknowledged is lost",
  ],
  [
    /EACCES|EPERM|EROFS|Permission denied|Operation not permitted|[Rr]ead-only/,
    "may not be written",
    "Give the server's user the right to read and write the directory",
  ],
];

/** A fault of the store as an error that names the file, what is wrong and the way out. */
export function storageError(storage: StorageLocation, error: unknown): EngineError {
  if (error instanceof EngineError) return error;
  const message = duckdbMessage(error);
  const where = storage.kind === "memory" ? "The engine's store in memory" : `The store '${join(storage.path, databaseFile)}'`;
  const cause = known.find(([words]) => words.test(message));
  if (cause === undefined) return new EngineError("storage", `${where} failed: ${message}`, { cause: error });
  const [, meaning, suggestion] = cause;
  return new EngineError("storage", `${where} ${meaning}. ${suggestion}. (${message})`, { cause: error, suggestion });
}
