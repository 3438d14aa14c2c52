import { randomBytes } from "node:crypto";
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import { join } from "node:path";
import { StartupError } from "../startup-error.ts";

const length = 32;

/**
 * The server's own secret, without which the stored digests of API keys are worth nothing. Made on first use, readable by
 * this user alone. @throws StartupError when it is gone although there are keys that need it.
 */
export function loadPepper(dataDirectory: string, keysExist: boolean): Buffer {
  const file = join(dataDirectory, "api-key-pepper");
  const pepper = readIfThere(file);
  if (pepper !== undefined) {
    if (pepper.length === length) return pepper;
    throw new StartupError("PepperInvalid", `The file ${file} is damaged: it must have ${String(length)} bytes. Restore it from a backup.`);
  }
  if (keysExist) {
    throw new StartupError(
      "PepperMissing",
      `The file ${file} is missing, and the API keys in this data directory cannot be checked without it. Restore it from a backup.`,
    );
  }
  return create(file);
}

function readIfThere(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new StartupError("DataDirectoryUnusable", `The file ${file} cannot be read: ${(error as Error).message}.`, { cause: error });
  }
}

/** Whole or not at all: the name appears only once the content is on disk. */
function create(file: string): Buffer {
  const pepper = randomBytes(length);
  const draft = `${file}.new`;
  const handle = openSync(draft, "w", 0o600);
  writeSync(handle, pepper);
  fsyncSync(handle);
  closeSync(handle);
  renameSync(draft, file);
  return pepper;
}
