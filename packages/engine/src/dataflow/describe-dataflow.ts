import type { Dataflow } from "../engine.ts";
import type { DataflowGraph } from "./graph.ts";

/** A graph for people: what there is and how it hangs together, without state. */
export function describeDataflow(graph: DataflowGraph): Dataflow {
  return {
    views: graph.views,
    nodes: graph.nodes.map(({ id, label, detail, inputs, relation }) => ({
      id,
      label,
      detail,
      inputs: inputs.map((input) => input.id),
      relation,
    })),
  };
}
