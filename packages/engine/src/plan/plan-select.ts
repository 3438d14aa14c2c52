import { quoteLiteral } from "../duckdb/quote.ts";
import { readable } from "../query/duckdb-error.ts";
import type { Relation } from "../types.ts";
import { parseLossless } from "./lossless-json.ts";
import { dataDependentOptimizers, openPlanningDatabase, type PlanningDatabase } from "./planning-database.ts";
import { readPlan } from "./read-plan.ts";
import type { PlanNode } from "./types.ts";
import { Unsupported } from "./unsupported.ts";

/** Plans queries over the relations of one program. */
export interface Planner {
  /** @throws Unsupported when DuckDB cannot write the plan down, or it has a part that we do not know. */
  plan(sql: string): Promise<PlanNode>;
  close(): void;
}

interface Reply {
  readonly error: boolean;
  readonly error_type?: string;
  readonly error_message?: string;
  readonly plans?: readonly unknown[];
}

/**
 * DuckDB 1.5 fails to write some plans with unnest() down after its own rewriting, with an internal error, unless this optimiser runs:
 * it works out the types of all operators anew.
 */
const retyping = "build_side_probe_side";
const retry = dataDependentOptimizers.filter((name) => name !== retyping);

/** Opens a planner. Close it when the views are compiled: nothing of it is needed at run time. */
export async function openPlanner(relations: readonly Pick<Relation, "name" | "fields">[]): Promise<Planner> {
  const first = await openPlanningDatabase(relations);
  let second: PlanningDatabase | undefined;
  return {
    async plan(sql) {
      let reply = await serializePlan(first, sql);
      if (reply.error && reply.error_type === "internal") {
        second ??= await openPlanningDatabase(relations, retry);
        reply = await serializePlan(second, sql);
      }
      const root = reply.plans?.[0];
      if (reply.error || reply.plans?.length !== 1 || root === undefined)
        throw new Unsupported(`DuckDB does not give a plan: ${readable(reply.error_message ?? "no reason given")}`);
      return readPlan(root);
    },
    close() {
      first.close();
      second?.close();
    },
  };
}

async function serializePlan({ connection }: PlanningDatabase, sql: string): Promise<Reply> {
  const result = await connection.runAndReadAll(`SELECT json_serialize_plan(${quoteLiteral(sql)}, optimize := true)`);
  return parseLossless(String(result.getRows()[0]?.[0])) as Reply;
}
