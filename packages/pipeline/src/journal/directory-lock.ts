import { readFileSync } from "node:fs";
import { open, readFile, rm, unlink } from "node:fs/promises";
import { join } from "node:path";
import { ioFault, storageFault } from "./storage-fault.ts";

/** A held lock on a storage directory. */
export interface DirectoryLock {
  /** Gives it back. Never throws. */
  release(): Promise<void>;
}

interface Owner {
  readonly pid: number;
  /** When the process began, by the system's own counting, where it tells: a process number may be given out again. */
  readonly started: string | null;
}

const held = new Set<string>();

/**
 * Takes a storage directory for this process. The lock of a process that is gone is taken over.
 *
 * @throws PipelineError `StorageError` naming the process that holds it
 */
export async function lockDirectory(directory: string): Promise<DirectoryLock> {
  const path = join(directory, "lock");
  for (;;) {
    if (await create(path)) break;
    const owner = await readOwner(path);
    if (owner !== undefined && isAlive(owner, path)) {
      const text = `the storage is in use by process ${String(owner.pid)}. Stop that process, or wait until it has ended`;
      throw storageFault(path, text);
    }
    await unlink(path).catch(() => undefined);
  }
  held.add(path);
  return {
    release: async () => {
      held.delete(path);
      await rm(path, { force: true }).catch(() => undefined);
    },
  };
}

async function create(path: string): Promise<boolean> {
  try {
    const file = await open(path, "wx");
    const owner: Owner = { pid: process.pid, started: startOf(process.pid) };
    await file.writeFile(JSON.stringify(owner)).finally(() => file.close());
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw ioFault(path, "locking the storage", error);
  }
}

/** Undefined for a lock that its process did not live to write. */
async function readOwner(path: string): Promise<Owner | undefined> {
  try {
    const owner = JSON.parse(await readFile(path, "utf8")) as Partial<Owner> | null;
    return typeof owner?.pid === "number" ? { pid: owner.pid, started: owner.started ?? null } : undefined;
  } catch {
    return undefined;
  }
}

function isAlive({ pid, started }: Owner, path: string): boolean {
  if (pid === process.pid) return held.has(path);
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return false;
  }
  return started === null || startOf(pid) === started;
}

/** Linux tells when a process began in /proc; elsewhere its number alone has to do. A zombie counts as gone. */
function startOf(pid: number): string | null {
  try {
    const text = readFileSync(`/proc/${String(pid)}/stat`, "latin1");
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" ? null : (fields[19] ?? null);
  } catch {
    return null;
  }
}
