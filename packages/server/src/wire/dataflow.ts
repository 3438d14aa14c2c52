import type { Schemas } from "@headgate/contract";
import type { CompiledDataflow } from "../domain.ts";

/** The graph as the engine computes it, which is not the graph of the dialect's own compiler. */
export function toDataflowGraph({ views, nodes }: CompiledDataflow): Schemas["DataflowGraph"] {
  return {
    views: views.map(({ name, maintenance }) => ({
      name,
      mode: maintenance.mode,
      reason: maintenance.mode === "recompute" ? maintenance.reason : null,
      bounds: maintenance.mode === "incremental" ? [...(maintenance.bounds ?? [])] : [],
      emit_final: maintenance.mode === "incremental" ? (maintenance.emitFinal ?? null) : null,
    })),
    nodes: nodes.map(({ id, label, detail, inputs, relation }) => ({ id, label, detail, inputs: [...inputs], relation: relation ?? null })),
  };
}
