import { DuckDBDataChunk, INTEGER, type DuckDBConnection, type DuckDBType } from "@duckdb/node-api";
import duckdb from "@duckdb/node-bindings";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { ColumnType } from "../types.ts";
import { chunkRows, createColumnWriter, type Rows } from "./column-writer.ts";

export interface AppendColumn {
  readonly name: string;
  readonly type: ColumnType;
  readonly duckdbType: DuckDBType;
}
export interface AppendTarget {
  readonly catalog: string;
  readonly schema: string;
  readonly table: string;
  readonly columns: readonly AppendColumn[];
}

/** Thrown when a value does not fit its column: names the column and says why. */
export class AppendError extends Error {
  readonly column: string;
  constructor(column: string, cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.name = "AppendError";
    this.column = column;
  }
}

/**
 * Appends rows by writing DuckDB's vectors directly; part of the connection's transaction. With `weights`, the target
 * has one more column, an INTEGER after those of the rows. Between the chunks of a long load other work gets its turn.
 */
export async function appendRows(
  connection: DuckDBConnection,
  target: AppendTarget,
  rows: Rows,
  weights?: (row: number) => number,
): Promise<void> {
  if (rows.length === 0) return;
  const { columns } = target;
  const writers = columns.map((column) => createColumnWriter(column.type));
  const types = columns.map((column) => column.duckdbType);
  if (weights !== undefined) types.push(INTEGER);
  const appender = await connection.createAppender(target.table, target.schema, target.catalog);
  try {
    for (let start = 0; start < rows.length; start += chunkRows) {
      const count = Math.min(chunkRows, rows.length - start);
      const chunk = DuckDBDataChunk.create(types, count);
      for (let i = 0; i < writers.length; i++)
        try {
          writers[i]!(chunk, i, rows, start, count);
        } catch (error) {
          throw new AppendError(columns[i]!.name, error);
        }
      if (weights !== undefined) writeWeights(chunk, columns.length, weights, start, count);
      appender.appendDataChunk(chunk);
      if ((start / chunkRows) % chunksAtOnce === chunksAtOnce - 1) await nextTurn();
    }
    appender.flushSync();
  } finally {
    appender.closeSync();
  }
}

/** Chunks (about a millisecond each) that are written before other work gets its turn. */
const chunksAtOnce = 4;

function writeWeights(chunk: DuckDBDataChunk, column: number, weights: (row: number) => number, start: number, count: number): void {
  const items = Int32Array.from({ length: count }, (_, i) => weights(start + i));
  const vector = duckdb.data_chunk_get_vector(chunk.chunk, column);
  duckdb.copy_data_to_vector(vector, 0, items.buffer, 0, items.byteLength);
}
