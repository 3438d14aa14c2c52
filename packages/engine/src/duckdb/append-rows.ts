import { DuckDBDataChunk, type DuckDBConnection, type DuckDBType, type DuckDBVector } from "@duckdb/node-api";
import type { ColumnType, Value } from "../types.ts";
import { toDuckDBValue } from "./to-duckdb-value.ts";

/** DuckDB's vector size: the most rows that one data chunk holds. */
const chunkRows = 2048;

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
type Rows = readonly (readonly (Value | undefined)[])[];

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
 * Appends rows by writing DuckDB's vectors directly; part of the connection's transaction. A last column of TINYINT
 * weights follows the row's columns when `weights` is given.
 */
export async function appendRows(
  connection: DuckDBConnection,
  target: AppendTarget,
  rows: Rows,
  weights?: (row: number) => number,
): Promise<void> {
  if (rows.length === 0) return;
  const appender = await connection.createAppender(target.table, target.schema, target.catalog);
  try {
    const types = target.columns.map((column) => column.duckdbType);
    for (let start = 0; start < rows.length; start += chunkRows) {
      const count = Math.min(chunkRows, rows.length - start);
      const chunk = DuckDBDataChunk.create(types, count);
      const data = weights === undefined ? types.length : types.length - 1;
      for (let i = 0; i < data; i++) writeColumn(chunk.getColumnVector(i), target.columns[i]!, rows, start, count, i);
      if (weights !== undefined) writeWeights(chunk.getColumnVector(data), weights, start, count);
      appender.appendDataChunk(chunk);
    }
    appender.flushSync();
  } finally {
    appender.closeSync();
  }
}

function writeWeights(vector: DuckDBVector, weights: (row: number) => number, start: number, count: number): void {
  for (let i = 0; i < count; i++) vector.setItem(i, weights(start + i));
  vector.flush();
}

function writeColumn(vector: DuckDBVector, column: AppendColumn, rows: Rows, start: number, count: number, index: number): void {
  const type = column.type;
  const required = !type.nullable;
  try {
    for (let i = 0; i < count; i++) {
      const value = rows[start + i]![index];
      if (value === null || value === undefined) {
        if (required) throw new TypeError("NULL in a NOT NULL column");
        vector.setItem(i, null);
      } else vector.setItem(i, toDuckDBValue(value, type));
    }
  } catch (error) {
    throw new AppendError(column.name, error);
  }
  vector.flush();
}
