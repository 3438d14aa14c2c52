import type { DuckDBConnection } from "@duckdb/node-api";
import { createChunkReader } from "../duckdb/from-duckdb-value.ts";
import type { ColumnType, Delta, DeltaEntry, Row } from "../types.ts";
import type { RelationSql } from "../store/relation-sql.ts";

const weightType: ColumnType = { type: "BIGINT", nullable: false };

/** All rows of a stored relation, in chunks. */
export async function* readRows(connection: DuckDBConnection, sql: RelationSql): AsyncGenerator<Row[], void, undefined> {
  const read = createChunkReader(sql.types);
  const result = await connection.stream(`SELECT ${sql.columns.join(", ")} FROM ${sql.table}`);
  for (;;) {
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) return;
    yield read(chunk);
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
