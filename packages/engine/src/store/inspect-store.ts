import type { ProgramChange } from "../engine.ts";
import { readDependencies } from "../runtime/dependencies.ts";
import type { Program } from "../types.ts";
import { fingerprints, noChange, programChange } from "./fingerprints.ts";
import { readStoreFile } from "./store-file.ts";

/** What a program would find in a directory. */
export interface StoreInspection {
  readonly found: boolean;
  readonly change: ProgramChange;
}

/**
 * Tells what continuing a directory's store with a program would change. Reads only the store's description, so it may be asked while a
 * pipeline runs.
 *
 * @throws EngineError `storage`
 */
export async function inspectStore(directory: string, program: Program): Promise<StoreInspection> {
  const stored = await readStoreFile(directory);
  if (stored === undefined) return { found: false, change: noChange };
  return { found: true, change: programChange(stored, fingerprints(program, await readDependencies(program))) };
}
