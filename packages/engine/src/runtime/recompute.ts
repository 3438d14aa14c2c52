import type { DuckDBConnection } from "@duckdb/node-api";
import { duckdbMessage } from "../query/duckdb-error.ts";
import { EngineError } from "../errors.ts";
import type { RelationSql } from "../store/relation-sql.ts";
import type { Delta, View } from "../types.ts";
import { readDelta } from "./read-rows.ts";
import { viewQuery } from "./view-query.ts";

/** Computes a view and compares it with what its table holds: right for all SQL. @throws EngineError `runtime` naming the view */
export async function recompute(connection: DuckDBConnection, sql: RelationSql): Promise<Delta> {
  const names = sql.positional.join(", ");
  return await runView(sql, () =>
    readDelta(
      connection,
      sql.types,
      `SELECT ${names}, CAST(sum(w) AS BIGINT) AS w FROM (SELECT *, 1 AS w FROM (${viewQuery(sql.relation as View)}) ` +
        `UNION ALL SELECT ${sql.columns.join(", ")}, -1 FROM ${sql.table}) GROUP BY ${names} HAVING sum(w) <> 0`,
    ),
  );
}

/** Fills a view's table with what its query gives now. @throws EngineError `runtime` naming the view */
export async function refill(connection: DuckDBConnection, sql: RelationSql): Promise<void> {
  await connection.run(`DELETE FROM ${sql.table}`);
  await runView(sql, () => connection.run(`INSERT INTO ${sql.table} ${viewQuery(sql.relation as View)}`));
}

async function runView<T>({ relation }: RelationSql, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw viewFailed(relation.name, error);
  }
}

/** A fault of a view's query on its data. */
export function viewFailed(name: string, error: unknown): EngineError {
  return new EngineError("runtime", `View '${name}' failed: ${duckdbMessage(error).replace(/^Error: /, "")}`, { cause: error });
}
