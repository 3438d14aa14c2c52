import { open, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { EngineError } from "../errors.ts";
import type { Fingerprints } from "./fingerprints.ts";

/** Counts changes to how a store is laid out. */
export const storeFormat = 1;

const fileName = "store.json";

/**
 * Reads what a directory's store holds, without opening its database; undefined when there is none.
 *
 * @throws EngineError `storage`
 */
export async function readStoreFile(directory: string): Promise<Fingerprints | undefined> {
  const path = join(directory, fileName);
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if (hasCode(error, "ENOENT") || hasCode(error, "ENOTDIR")) return undefined;
    throw new EngineError("storage", `The store's description '${path}' cannot be read: ${messageOf(error)}`, {
      cause: error,
      suggestion: "Give the server's user the right to read and write the directory",
    });
  }
  const content = parse(text);
  if (content === undefined)
    throw new EngineError("storage", `The store's description '${path}' is damaged`, {
      suggestion: `Restore the directory from a copy, or remove it to start empty`,
    });
  if (content.format !== storeFormat) throw otherFormat(path, content.format);
  return { tables: content.tables, views: content.views };
}

/** A store that another version of the engine wrote. */
export function otherFormat(path: string, format: number): EngineError {
  return new EngineError(
    "storage",
    `The store '${path}' has format ${format}, and this version reads format ${storeFormat}. ` +
      `Run the version that wrote it, or clear the pipeline's storage to start empty`,
    { suggestion: "Run the version that wrote the store, or clear the pipeline's storage to start empty" },
  );
}

/** Writes the description so that it is there whole or as it was before. */
export async function writeStoreFile(directory: string, { tables, views }: Fingerprints): Promise<void> {
  const path = join(directory, fileName);
  const file = await open(`${path}.new`, "w");
  try {
    await file.writeFile(`${JSON.stringify({ format: storeFormat, tables, views }, undefined, 2)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.new`, path);
}

function parse(text: string): ({ format: number } & Fingerprints) | undefined {
  try {
    const content = JSON.parse(text) as { format?: unknown; tables?: unknown; views?: unknown } | null;
    if (typeof content?.format !== "number") return undefined;
    if (content.format === storeFormat && (typeof content.tables !== "object" || typeof content.views !== "object")) return undefined;
    return content as { format: number } & Fingerprints;
  } catch {
    return undefined;
  }
}

const hasCode = (error: unknown, code: string): boolean => (error as { code?: unknown } | null)?.code === code;
const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
