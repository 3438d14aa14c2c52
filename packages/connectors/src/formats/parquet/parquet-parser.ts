import { randomUUID } from "node:crypto";
import { type FileHandle, mkdir, open, rm } from "node:fs/promises";
import { join } from "node:path";
import type { ParsedBatch, ParseError, Parser, TableSchema } from "@headgate/connector-kit";
import { evaluateDefaults, literalDefaults, type ColumnDefaults } from "../records/column-defaults.ts";
import { recordError } from "../records/record-error.ts";
import { readParquetFile } from "./parquet-reader.ts";
import { UnreadableFile } from "./unreadable-file.ts";

/**
 * Makes a parser of Parquet files. A Parquet file begins at its end, so bytes are kept in a scratch file until the input
 * ends; then its rows come lazily, a batch at a time.
 */
export function createParquetParser(schema: TableSchema, scratchDirectory: string): Parser {
  const path = join(scratchDirectory, `${randomUUID()}.parquet`);
  let spool: Promise<FileHandle> | undefined;
  let size = 0;
  let defaults: ColumnDefaults | undefined;

  async function openSpool(): Promise<FileHandle> {
    await mkdir(scratchDirectory, { recursive: true });
    return open(path, "w", 0o600);
  }
  async function append(bytes: Uint8Array): Promise<void> {
    spool ??= openSpool();
    const file = await spool;
    for (let at = 0; at < bytes.length;) at += (await file.write(bytes, at, bytes.length - at)).bytesWritten;
    size += bytes.length;
  }
  async function release(): Promise<void> {
    const file = spool;
    spool = undefined;
    size = 0;
    if (file === undefined) return;
    await (await file).close();
    await rm(path, { force: true });
  }
  async function knownDefaults(): Promise<ColumnDefaults> {
    if (defaults !== undefined) return defaults;
    const { values, open: left } = literalDefaults(schema);
    if (left.length > 0) for (const [index, value] of await evaluateDefaults(schema, left)) values.set(index, value);
    defaults = values;
    return values;
  }

  // Yields nothing: bytes become rows when the input ends.
  async function* push(bytes: Uint8Array): AsyncGenerator<ParsedBatch> {
    await append(bytes);
  }
  async function* finish(): AsyncGenerator<ParsedBatch> {
    if (spool === undefined) return;
    const total = size;
    let reported = 0;
    try {
      for await (const { batch, errors, done } of readParquetFile(path, schema, await knownDefaults())) {
        const bytes = Math.floor(total * Math.min(done, 1)) - reported;
        reported += bytes;
        yield { batch, bytes, errors };
      }
      if (reported < total) yield { batch: { rows: [], ops: undefined }, bytes: total - reported, errors: [] };
    } catch (error) {
      if (!(error instanceof UnreadableFile)) throw error;
      yield { batch: { rows: [], ops: undefined }, bytes: total - reported, errors: [unreadable(error, path)] };
    } finally {
      await release();
    }
  }
  return { push, finish, close: release };
}

function unreadable(error: UnreadableFile, path: string): ParseError {
  return recordError({
    // The scratch file's name says nothing to a user.
    description: `failed to read the input as a Parquet file: ${error.message.replaceAll(path, "the input").split("\n")[0]}`,
    field: error.field,
    suggestion:
      error.field === undefined
        ? "check that the input is a complete Parquet file"
        : "add the column to the file, give it a DEFAULT, or declare it without NOT NULL",
  });
}
