import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api";
import { createTableSql } from "../duckdb/create-table-sql.ts";
import { quoteIdentifier, quoteLiteral } from "../duckdb/quote.ts";
import type { Relation } from "../types.ts";

/** A DuckDB in memory that only plans: every relation is an empty table of its declared types. */
export interface PlanningDatabase {
  readonly connection: DuckDBConnection;
  close(): void;
}

/**
 * Optimisers that look at data or statistics. Every table is empty here, so they would fold a join to nothing, or choose sides and
 * methods for tables that are never the ones that run.
 */
export const dataDependentOptimizers: readonly string[] = [
  "statistics_propagation", "empty_result_pullup", "compressed_materialization", "join_order", "build_side_probe_side",
  "column_lifetime", "top_n", "late_materialization", "join_filter_pushdown", "limit_pushdown", "sampling_pushdown",
  "materialized_cte", "common_subplan", "top_n_window_elimination", "row_group_pruner", "in_clause", "window_self_join",
]; // prettier-ignore

/** Opens it, locked as where programs are compiled: no files, no extensions, no settings. */
export async function openPlanningDatabase(
  relations: readonly Pick<Relation, "name" | "fields">[],
  disabledOptimizers: readonly string[] = dataDependentOptimizers,
): Promise<PlanningDatabase> {
  const instance = await DuckDBInstance.create(":memory:", {
    threads: "1",
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
  });
  try {
    const connection = await instance.connect();
    await connection.run("SET TimeZone = 'UTC'");
    await connection.run("SET temp_directory = ''");
    await connection.run(`SET disabled_optimizers = ${quoteLiteral(disabledOptimizers.join(","))}`);
    await connection.run("SET enable_external_access = false");
    await connection.run("SET lock_configuration = true");
    for (const { name, fields } of relations) await connection.run(createTableSql(quoteIdentifier(name), fields));
    return {
      connection,
      close() {
        connection.closeSync();
        instance.closeSync();
      },
    };
  } catch (error) {
    instance.closeSync();
    throw error;
  }
}
