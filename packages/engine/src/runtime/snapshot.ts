import type { DuckDBResult } from "@duckdb/node-api";
import { createChunkReader } from "../duckdb/from-duckdb-value.ts";
import { stepTable } from "../duckdb/open-database.ts";
import type { Snapshot } from "../engine.ts";
import { EngineError } from "../errors.ts";
import type { Row } from "../types.ts";
import type { Reader, Readers } from "./readers.ts";
import type { RelationSql } from "../store/relation-sql.ts";

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
      return streamRows(reader, `SELECT ${sql.columns.join(", ")} FROM ${sql.table}`, createChunkReader(sql.types));
    },
    close: () => reader.close(),
  };
}

/** Streams a query's chunks and closes the reader at the end, whichever way the loop ends. `started`: the query runs already. */
export async function* streamRows(
  reader: Reader,
  sql: string,
  read: ReturnType<typeof createChunkReader>,
  started?: DuckDBResult,
): AsyncGenerator<readonly Row[], void, undefined> {
  try {
    const result = started ?? (await reader.run((connection) => connection.stream(sql)));
    for (;;) {
      const chunk = await reader.run(() => result.fetchChunk());
      if (chunk === null || chunk.rowCount === 0) break;
      yield read(chunk);
    }
    await assertWhole(reader, sql);
  } finally {
    await reader.close();
  }
}

/**
 * A stream that fails ends like one that is done: DuckDB's bindings do not tell. Its transaction is lost, which does, and running
 * the query again tells why.
 */
async function assertWhole(reader: Reader, sql: string): Promise<void> {
  const lost = await reader.run((connection) =>
    connection.run("SELECT 1").then(
      () => false,
      () => true,
    ),
  );
  if (!lost) return;
  await reader.run(async (connection) => {
    await connection.run("ROLLBACK");
    await connection.run(`EXPLAIN ANALYZE ${sql}`);
  });
  throw new Error("The result broke off before its end");
}
