import type { DuckDBConnection } from "@duckdb/node-api";
import { createChunkReader } from "../duckdb/from-duckdb-value.ts";
import type { ColumnType, Delta, DeltaEntry, Row } from "../types.ts";
import type { RelationSql } from "../store/relation-sql.ts";

const weightType: ColumnType = { type: "BIGINT", nullable: false };

/** All rows of a stored relation, in chunks. With `columns` the others are NULL, and are not read at all. */
export async function* readRows(
  connection: DuckDBConnection,
  sql: RelationSql,
  columns: readonly number[] = [...sql.columns.keys()],
): AsyncGenerator<Row[], void, undefined> {
  // A row of no columns is still one.
  const wanted = columns.length === 0 ? [0] : columns;
  const read = createChunkReader(
    wanted.map((column) => sql.types[column]!),
    wanted,
    sql.types.length,
  );
  const result = await connection.stream(`SELECT ${wanted.map((column) => sql.columns[column]!).join(", ")} FROM ${sql.table}`);
  // DuckDB reads a chunk ahead while the one before is taken apart.
  let next = result.fetchChunk();
  try {
    for (;;) {
      const chunk = await next;
      if (chunk === null || chunk.rowCount === 0) return;
      next = result.fetchChunk();
      yield read(chunk);
    }
  } finally {
    await next.catch(() => undefined);
  }
}

/** The result of a query of rows with weights. */
export async function readDelta(connection: DuckDBConnection, types: readonly ColumnType[], query: string): Promise<Delta> {
  const read = createChunkReader([...types, weightType]);
  const result = await connection.run(query);
  const entries: DeltaEntry[] = [];
  for (;;) {
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) return entries;
    for (const row of read(chunk) as unknown[][]) {
      const weight = Number(row.pop());
      entries.push([row as unknown as Row, weight]);
    }
  }
}
