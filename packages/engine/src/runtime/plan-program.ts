import type { DataflowGraph } from "../dataflow/graph.ts";
import type { EngineOptions, Maintenance } from "../engine.ts";
import type { Program } from "../types.ts";

/** Decides for each view how it is kept, and builds the operators of those that are kept incrementally. */
export function planProgram(program: Program, _maintenance: EngineOptions["maintenance"] = "auto"): Promise<DataflowGraph> {
  const recompute: Maintenance = { mode: "recompute", reason: "every view is recomputed" };
  return Promise.resolve({ nodes: [], views: new Map(program.views.map(({ name }) => [name, recompute])), relations: new Map() });
}
