import type { DuckDBResult } from "@duckdb/node-api";
import { createChunkReader } from "../duckdb/from-duckdb-value.ts";
import { stepTable } from "../duckdb/open-database.ts";
import type { Snapshot } from "../engine.ts";
import { EngineError } from "../errors.ts";
import type { Row } from "../types.ts";
import type { Reader, Readers } from "./readers.ts";
import type { RelationSql } from "./relation-store.ts";

/**
 * Opens a relation as of the last completed step. DuckDB fixes what a transaction sees at its first read of a database:
 * reading the step and the count together here makes both the snapshot's, whatever later steps do.
 */
export async function openSnapshot(readers: Readers, sql: RelationSql): Promise<Snapshot> {
  const reader = await readers.open();
  try {
    const result = await reader.run((connection) =>
      connection.runAndReadAll(`SELECT step, (SELECT count(*) FROM ${sql.table}) FROM ${stepTable}`),
    );
    const [step, records] = result.getRows()[0]!.map(Number) as [number, number];
    return createSnapshot(reader, sql, step, records);
  } catch (error) {
    await reader.close();
    throw error;
  }
}

function createSnapshot(reader: Reader, sql: RelationSql, step: number, records: number): Snapshot {
  let iterated = false;
  return {
    step,
    records,
    chunks() {
      if (iterated) throw new EngineError("closed", "A snapshot can be read once");
      iterated = true;
      return streamRows(
        reader,
        () => reader.run((connection) => connection.stream(`SELECT ${sql.columns.join(", ")} FROM ${sql.table}`)),
        createChunkReader(sql.types),
      );
    },
    close: () => reader.close(),
  };
}

/** Streams a query's chunks and closes the reader at the end, whichever way the loop ends. */
export async function* streamRows(
  reader: Reader,
  start: () => Promise<DuckDBResult>,
  read: ReturnType<typeof createChunkReader>,
): AsyncGenerator<readonly Row[], void, undefined> {
  try {
    const result = await start();
    for (;;) {
      const chunk = await reader.run(() => result.fetchChunk());
      if (chunk === null || chunk.rowCount === 0) return;
      yield read(chunk);
    }
  } finally {
    await reader.close();
  }
}
