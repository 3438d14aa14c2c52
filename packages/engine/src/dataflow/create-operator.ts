import type { RowCompiler } from "../expression/row-compiler.ts";
import { createAggregate } from "../operators/aggregate.ts";
import { createDistinctOn } from "../operators/distinct-on.ts";
import { createDistinct } from "../operators/distinct.ts";
import { createFilter } from "../operators/filter.ts";
import { createJoin } from "../operators/join.ts";
import { createProject } from "../operators/project.ts";
import { createTopK } from "../operators/top-k.ts";
import { createUnnest } from "../operators/unnest.ts";
import { createValues } from "../operators/values.ts";
import { createWindow } from "../operators/window.ts";
import type { PlanNode } from "../plan/types.ts";
import { noBounds, type Bounds } from "../streaming/bound.ts";
import { nodeBounds } from "../streaming/node-bounds.ts";
import type { Operator } from "./operator.ts";

/** Nodes that become one operator of their own kind, whatever stands around them. */
export type PlainNode = Exclude<PlanNode, { kind: "scan" | "delim" | "set" | "order" | "cte" | "cte_ref" }>;

/** The operator of a plan node, of whose inputs' columns the bounds are known. @throws Unsupported */
export function createOperator(node: PlainNode, rows: RowCompiler, inputs: readonly Bounds[] = []): Operator {
  const [input = noBounds, other = noBounds] = inputs;
  switch (node.kind) {
    case "values":
      return createValues(node, rows);
    case "project":
      return createProject(node, rows);
    case "filter":
      return createFilter(node, rows);
    case "join":
      return createJoin(node, rows, input, other);
    case "aggregate":
      return createAggregate(node, rows, nodeBounds(node, inputs, rows));
    case "distinct":
      return node.on === undefined ? createDistinct(node.types, undefined, rows, input) : createDistinctOn(node, rows, input);
    case "window":
      return createWindow(node, rows, input);
    case "limit":
      return createTopK(node, rows);
    case "unnest":
      return createUnnest(node, rows);
  }
}
