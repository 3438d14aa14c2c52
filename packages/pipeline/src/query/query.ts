import { randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { EngineError, type QueryRows } from "@headgate/engine";
import { messageOf, PipelineError } from "../errors.ts";
import type { Pipeline } from "../runtime/pipeline.ts";
import { invalidParam } from "../socket/params.ts";
import { arrowStream } from "./arrow-stream.ts";
import { jsonLines } from "./json-lines.ts";
import { resultHash } from "./result-hash.ts";
import { textTable } from "./text-table.ts";

/** The answer to an ad-hoc query. */
export interface QueryAnswer {
  readonly contentType: string;
  readonly body: AsyncIterable<string | Uint8Array>;
}

const formats = ["text", "json", "parquet", "arrow_ipc", "hash"] as const;
type Format = (typeof formats)[number];
const isFormat = (value: string): value is Format => (formats as readonly string[]).includes(value);

/** Runs a query. INSERTs go through the step loop, so the answer comes after the step that holds their rows. */
export async function runQuery(pipeline: Pipeline, sql: string, formatName: string, signal: AbortSignal): Promise<QueryAnswer> {
  if (!isFormat(formatName)) throw invalidParam(`'format' must be one of ${formats.join(", ")}, but it is '${formatName}'`);
  if (formatName === "parquet") return parquet(pipeline, sql, signal);
  const { inserts, result } = await failing(() => pipeline.parts.engine.query(sql, { signal }));
  await Promise.all(inserts.map(({ batch, table }) => pipeline.loop.insert(table, batch)));
  if (result === undefined) return { contentType: "text/plain", body: chunks("") };
  switch (formatName) {
    case "text":
      return { contentType: "text/plain", body: await started(textTable(result), (error) => `ERROR: ${error}\n`) };
    case "json":
      return { contentType: "application/json", body: await started(jsonLines(result), (error) => `${JSON.stringify({ error })}\n`) };
    case "arrow_ipc":
      return { contentType: "application/octet-stream", body: await started(arrowStream(result)) };
    case "hash":
      return { contentType: "text/plain", body: chunks(await failing(() => resultHash(result as QueryRows))) };
  }
}

async function parquet(pipeline: Pipeline, sql: string, signal: AbortSignal): Promise<QueryAnswer> {
  const path = join(pipeline.parts.scratchDirectory, `query-${randomUUID()}.parquet`);
  try {
    await failing(() => pipeline.parts.engine.queryToParquet(sql, path, { signal }));
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
  return { contentType: "application/vnd.apache.parquet", body: readAndRemove(path) };
}

async function* readAndRemove(path: string): AsyncGenerator<Uint8Array> {
  try {
    yield* createReadStream(path) as AsyncIterable<Uint8Array>;
  } finally {
    await rm(path, { force: true });
  }
}

async function* chunks(...texts: string[]): AsyncGenerator<string> {
  yield* texts;
}

/**
 * Waits for the first piece, so that a query that fails at once is a proper error answer; a failure after it has begun is appended
 * in-band, or breaks a binary stream off.
 */
async function started<T extends string | Uint8Array>(
  pieces: AsyncGenerator<T>,
  inBand?: (message: string) => string,
): Promise<AsyncIterable<T | string>> {
  const first = await failing(() => pieces.next());
  return (async function* () {
    try {
      if (first.done !== true) yield first.value;
      yield* pieces;
    } catch (error) {
      if (inBand === undefined) throw error;
      yield inBand(messageOf(error));
    }
  })();
}

async function failing<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof PipelineError || (error instanceof EngineError && error.code !== "ad_hoc_query")) throw error;
    const text = messageOf(error);
    throw new PipelineError("AdHocQueryError", `Error during query processing: ${text}`, { error: text }, { cause: error });
  }
}
