import type { Delta } from "../types.ts";
import type { DataflowGraph } from "./graph.ts";
import type { DataflowNode } from "./operator.ts";

/** A fault of a view while its tables' rows were handed over in parts. */
export class PartFault extends Error {
  /** The first view that has the fault. */
  readonly view: string;
  constructor(view: string, cause: unknown) {
    super(`View '${view}' failed`, { cause });
    this.name = "PartFault";
    this.view = view;
  }
}

/** Which nodes take rows that only come part by part, when tables do. What is made of a part is gone before the next one comes. */
export interface Parts {
  /** Nodes that are done when all parts have been pushed. */
  readonly done: ReadonlySet<DataflowNode>;
  /** Hands on what a table, or a node that is `done`, gives; `keep` takes it where a consumer wants all at once. */
  push(node: DataflowNode, part: Delta): void;
}

const nothing: Delta = [];

export function createParts(graph: DataflowGraph, tables: ReadonlySet<string>, keep: (node: DataflowNode, part: Delta) => void): Parts {
  const done = new Set<DataflowNode>();
  const given = (node: DataflowNode): boolean => done.has(node) || (node.operator === undefined && tables.has(node.relation ?? ""));
  for (const node of graph.nodes) if (node.operator?.inParts === true && node.inputs.every(given)) done.add(node);
  const consumers = new Map(graph.nodes.map((node) => [node, graph.nodes.filter(({ inputs }) => inputs.includes(node))]));
  /** Nodes of which some consumer wants all at once; the others then get the same. */
  const kept = new Set(
    graph.nodes.filter((node) => consumers.get(node)!.some((next) => !done.has(next) && next.operator?.accept === undefined)),
  );
  const push = (node: DataflowNode, part: Delta): void => {
    if (kept.has(node)) keep(node, part);
    for (const next of consumers.get(node)!) {
      if (done.has(next)) {
        const output = attempt(next, () => next.operator!.step(next.inputs.map((input) => (input === node ? part : nothing))));
        if (output.length > 0) push(next, output);
      } else if (!kept.has(node)) attempt(next, () => next.operator!.accept!(part));
    }
  };
  const attempt = <T>(node: DataflowNode, work: () => T): T => {
    try {
      return work();
    } catch (error) {
      throw new PartFault(viewOf(graph, node), error);
    }
  };
  return { done, push };
}

/** The first view that a node is part of. */
function viewOf(graph: DataflowGraph, node: DataflowNode): string {
  const isBelow = (top: DataflowNode): boolean => top === node || top.inputs.some(isBelow);
  for (const view of graph.views.keys()) {
    const top = graph.relations.get(view);
    if (top !== undefined && isBelow(top)) return view;
  }
  return "";
}
