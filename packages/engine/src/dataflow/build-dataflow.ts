import type { Maintenance } from "../engine.ts";
import type { RowCompiler } from "../expression/row-compiler.ts";
import { errorViewName } from "../program/error-view.ts";
import { createWatermarks } from "../streaming/watermarks.ts";
import { createStateless } from "../operators/stateless.ts";
import { Unsupported } from "../plan/unsupported.ts";
import type { PlanNode } from "../plan/types.ts";
import type { Program, View } from "../types.ts";
import { createConsolidate } from "./consolidate.ts";
import { createGraphBuilder, type Built, type GraphBuilder } from "./graph-builder.ts";
import type { DataflowGraph } from "./graph.ts";
import { buildPlan } from "./build-plan.ts";

/**
 * The dataflow of a whole program: views read each other's nodes, and what is the same in two views is there once. A view whose plan
 * or compilation is unsupported becomes a source that the runtime recomputes.
 *
 * @param plans Each view's plan, or why it has none.
 */
export function buildDataflow(program: Program, plans: ReadonlyMap<string, PlanNode | Unsupported>, rows: RowCompiler): DataflowGraph {
  const watermarks = createWatermarks(program);
  const builder = createGraphBuilder(program, watermarks);
  const views = new Map<string, Maintenance>();
  for (const view of program.views) {
    if (view.name === errorViewName) {
      // The engine itself gives its rows.
      builder.source(view.name);
      views.set(view.name, { mode: "incremental" });
      continue;
    }
    const maintenance = addView(builder, view, plans.get(view.name), rows);
    if (maintenance.mode === "recompute") builder.source(view.name);
    views.set(view.name, maintenance);
  }
  const relations = new Map([...builder.relations].map(([name, { node }]) => [name, node]));
  return { nodes: builder.nodes, views, relations, watermarks };
}

function addView(builder: GraphBuilder, view: View, plan: PlanNode | Unsupported | undefined, rows: RowCompiler): Maintenance {
  if (plan === undefined) return { mode: "recompute", reason: "it has no plan" };
  if (plan instanceof Unsupported) return { mode: "recompute", reason: plan.message };
  const undo = builder.mark();
  try {
    const content = buildPlan(builder, plan, rows);
    addBoundary(builder, view, content, plan, rows);
    return { mode: "incremental" };
  } catch (error) {
    if (!(error instanceof Unsupported)) throw error;
    undo();
    return { mode: "recompute", reason: error.message };
  }
}

/** A view's last node: its consolidated content. */
function addBoundary(builder: GraphBuilder, view: View, content: Built, plan: PlanNode, rows: RowCompiler): void {
  const operator = content.consolidated ? createStateless((delta) => delta) : createConsolidate(plan.types, rows);
  builder.view(view.name, content, operator);
}
