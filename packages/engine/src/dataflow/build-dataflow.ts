import type { Maintenance } from "../engine.ts";
import type { RowCompiler } from "../expression/row-compiler.ts";
import { errorViewName } from "../program/error-view.ts";
import type { Bounds } from "../streaming/bound.ts";
import { nothingRises } from "../streaming/rising.ts";
import { createWatermarks } from "../streaming/watermarks.ts";
import { createEmitFinal } from "../operators/emit-final.ts";
import { createStateless } from "../operators/stateless.ts";
import { Unsupported } from "../plan/unsupported.ts";
import type { PlanNode } from "../plan/types.ts";
import type { Program, View } from "../types.ts";
import { createConsolidate } from "./consolidate.ts";
import { createGraphBuilder, type Built, type GraphBuilder } from "./graph-builder.ts";
import type { DataflowGraph } from "./graph.ts";
import { buildPlan } from "./build-plan.ts";
import { NeverFinal } from "./never-final.ts";

/**
 * The dataflow of a whole program: views read each other's nodes, and what is the same in two views is there once. A view whose plan
 * or compilation is unsupported becomes a source that the runtime recomputes.
 *
 * @param plans Each view's plan, or why it has none. @throws NeverFinal
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
    if (maintenance.mode === "recompute" && view.emitFinal !== undefined)
      throw new NeverFinal(view, `DuckDB recomputes it, which does not tell when a row is final: ${maintenance.reason}`);
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
    return incremental(view, builder.relations.get(view.name)!.bounds);
  } catch (error) {
    if (!(error instanceof Unsupported)) throw error;
    undo();
    return { mode: "recompute", reason: error.message };
  }
}

function incremental({ fields, emitFinal }: View, bounds: Bounds): Maintenance {
  const names = fields.flatMap(({ name }, i) => (bounds.has(i) ? name : []));
  return {
    mode: "incremental",
    ...(names.length === 0 ? {} : { bounds: names }),
    ...(emitFinal === undefined ? {} : { emitFinal: fields[emitFinal]!.name }),
  };
}

/** A view's last node: its consolidated content, with emit_final only what of it is final. */
function addBoundary(builder: GraphBuilder, view: View, content: Built, plan: PlanNode, rows: RowCompiler): void {
  const boundary = content.consolidated ? createStateless((delta) => delta) : createConsolidate(plan.types, rows);
  const { emitFinal } = view;
  if (emitFinal === undefined) {
    builder.view(view.name, content, boundary);
    return;
  }
  const bound = content.bounds.get(emitFinal);
  if (bound === undefined)
    throw new NeverFinal(
      view,
      `nothing says when '${view.fields[emitFinal]!.name}' is final: it has to follow a column with LATENESS, as itself, as a group, ` +
        "as what both sides of a join are equal in, or through a function that rises with it, such as TUMBLE or date_trunc",
    );
  // Rows that are held back may be behind the bounds of other columns when they come.
  const final = { ...content, bounds: new Map([[emitFinal, bound]]), rising: nothingRises };
  builder.view(view.name, final, createEmitFinal(emitFinal, bound, plan.types, rows, boundary));
}
