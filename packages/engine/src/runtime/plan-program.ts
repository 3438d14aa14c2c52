import { buildDataflow } from "../dataflow/build-dataflow.ts";
import type { DataflowGraph } from "../dataflow/graph.ts";
import type { EngineOptions } from "../engine.ts";
import { createRowCompiler } from "../expression/create-row-compiler.ts";
import { openPlanner, type Planner } from "../plan/plan-select.ts";
import type { PlanNode } from "../plan/types.ts";
import { Unsupported } from "../plan/unsupported.ts";
import { errorViewName } from "../program/error-view.ts";
import type { Program, View } from "../types.ts";
import { viewQuery } from "./view-query.ts";

/** Decides for each view how it is kept, and builds the operators of those that are kept incrementally. */
export async function planProgram(program: Program, maintenance: EngineOptions["maintenance"] = "auto"): Promise<DataflowGraph> {
  const plans = new Map<string, PlanNode | Unsupported>();
  if (maintenance === "recompute") {
    for (const view of program.views) plans.set(view.name, new Unsupported("every view of this run is recomputed"));
  } else {
    const planner = await openPlanner([...program.tables, ...program.views]);
    try {
      for (const view of program.views) if (view.name !== errorViewName) plans.set(view.name, await planView(planner, view));
    } finally {
      planner.close();
    }
  }
  return buildDataflow(program, plans, createRowCompiler());
}

async function planView(planner: Planner, view: View): Promise<PlanNode | Unsupported> {
  try {
    return await planner.plan(viewQuery(view));
  } catch (error) {
    if (error instanceof Unsupported) return error;
    throw error;
  }
}
