import type { Delta, DeltaEntry } from "../types.ts";
import type { DataflowGraph } from "./graph.ts";
import type { DataflowNode } from "./operator.ts";
import { createParts } from "./parts.ts";

/**
 * A graph in motion: one step at a time, view by view in program order, because views that are recomputed stand between.
 *
 * A step is `begin`, then for each view of the program in order `evaluate` (incremental) or `provide` (recomputed), then `release`. A
 * view must take part in every step or in none: state that misses a step is wrong from then on. A recomputed view that no incremental
 * view reads need not be provided.
 */
export interface Dataflow {
  /** Starts a step. The delta of a table with a key is consolidated: every row once. No weight is 0. */
  begin(tableDeltas: ReadonlyMap<string, Delta>): void;
  /**
   * Starts the first step when the rows of these tables come in parts: the function that is given back takes them, before any view is
   * evaluated. @throws PartFault The state is lost then.
   */
  beginInParts(tableDeltas: ReadonlyMap<string, Delta>, tables: ReadonlySet<string>): (table: string, rows: Delta) => void;
  /** The change of an incremental view in this step, consolidated. @throws EvaluationError The state is lost then. */
  evaluate(view: string): Delta;
  /** The consolidated change of a recomputed view in this step; before any view that reads it is evaluated. */
  provide(view: string, delta: Delta): void;
  /** A whole step of a program without recomputed views: the change of each view that changed. */
  step(tableDeltas: ReadonlyMap<string, Delta>): ReadonlyMap<string, Delta>;
  /** Ends a step: operators forget what no change to come can touch. */
  release(): void;
  /** Rows and groups held by all operators now. */
  readonly retained: number;
}

const nothing: Delta = [];

/** Sets a graph in motion. In their first step all operators run, also those without input: VALUES, a global aggregate. */
export function createDataflow(graph: DataflowGraph): Dataflow {
  const { nodes } = graph;
  const deltas: (Delta | undefined)[] = nodes.map(() => undefined);
  const started = nodes.map(() => false);
  const orders = new Map<string, readonly DataflowNode[]>();
  const releases = nodes.flatMap(({ operator }) => operator?.release ?? []);

  const orderOf = (view: string): readonly DataflowNode[] => {
    let order = orders.get(view);
    if (order === undefined) orders.set(view, (order = evaluationOrder(graph, view)));
    return order;
  };
  const run = (node: DataflowNode): void => {
    const { id, operator } = node;
    const inputs = node.inputs.map((input) => deltas[input.id] ?? nothing);
    if (operator === undefined || (started[id] && operator.everyStep !== true && inputs.every((input) => input.length === 0))) {
      deltas[id] = nothing;
      return;
    }
    started[id] = true;
    deltas[id] = operator.step(inputs);
  };
  const dataflow: Dataflow = {
    begin(tableDeltas) {
      deltas.fill(undefined);
      for (const [table, delta] of tableDeltas) {
        const node = graph.relations.get(table);
        if (node !== undefined) deltas[node.id] = delta;
      }
    },
    beginInParts(tableDeltas, tables) {
      dataflow.begin(tableDeltas);
      const kept = new Map<DataflowNode, DeltaEntry[]>();
      const parts = createParts(graph, tables, (node, part) => {
        let all = kept.get(node);
        if (all === undefined) {
          kept.set(node, (all = []));
          deltas[node.id] = all;
        }
        for (const entry of part) all.push(entry);
      });
      for (const { id } of parts.done) deltas[id] = nothing;
      return (table, rows) => {
        const node = graph.relations.get(table);
        if (node !== undefined) parts.push(node, rows);
      };
    },
    evaluate(view) {
      for (const node of orderOf(view)) if (deltas[node.id] === undefined) run(node);
      return deltas[graph.relations.get(view)!.id]!;
    },
    provide(view, delta) {
      const node = graph.relations.get(view);
      if (node?.operator !== undefined || node?.inputs.length !== 0) throw new TypeError(`'${view}' is not a source of the dataflow`);
      deltas[node.id] = delta;
    },
    step(tableDeltas) {
      dataflow.begin(tableDeltas);
      const changed = new Map<string, Delta>();
      for (const [view, { mode }] of graph.views) {
        if (mode !== "incremental") throw new TypeError(`'${view}' is recomputed`);
        const delta = dataflow.evaluate(view);
        if (delta.length > 0) changed.set(view, delta);
      }
      dataflow.release();
      return changed;
    },
    release() {
      for (const release of releases) release();
    },
    get retained() {
      return nodes.reduce((sum, { operator }) => sum + (operator?.retained ?? 0), 0);
    },
  };
  return dataflow;
}

/** What has to run for a view, inputs first. */
function evaluationOrder(graph: DataflowGraph, view: string): readonly DataflowNode[] {
  const last = graph.relations.get(view);
  if (last === undefined || graph.views.get(view)?.mode !== "incremental") throw new TypeError(`'${view}' is not an incremental view`);
  const needed = new Set<DataflowNode>();
  const visit = (node: DataflowNode): void => {
    if (needed.has(node)) return;
    needed.add(node);
    node.inputs.forEach(visit);
  };
  visit(last);
  return graph.nodes.filter((node) => needed.has(node));
}
