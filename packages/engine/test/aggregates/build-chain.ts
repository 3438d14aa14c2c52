import { createRowCompiler } from "../../src/expression/create-row-compiler.ts";
import { createAggregate } from "../../src/operators/aggregate.ts";
import { createDistinctOn } from "../../src/operators/distinct-on.ts";
import { createPartitionTopK } from "../../src/operators/top-k-per-partition.ts";
import { createTopK } from "../../src/operators/top-k.ts";
import { createWindow } from "../../src/operators/window.ts";
import type { Operator } from "../../src/dataflow/operator.ts";
import type { PlanNode } from "../../src/plan/types.ts";
import type { Delta, Row } from "../../src/types.ts";

const rows = createRowCompiler();

export type Step = (delta: Delta) => Delta;

/** Builds the operators of a plan in which every node has one input, down to the scan of a table. */
export function buildChain(node: PlanNode): Step {
  switch (node.kind) {
    case "scan": {
      const { columns } = node;
      return after(
        where(rows.predicate(node.filters)),
        each((row) => columns.map((column) => row[column] ?? null)),
      );
    }
    case "project":
      return after(buildChain(node.input), each(rows.row(node.expressions, node.input.types.length)));
    case "filter": {
      const top = node.input.kind === "window" ? createPartitionTopK(node, node.input, rows) : undefined;
      if (top !== undefined && node.input.kind === "window") return after(buildChain(node.input.input), run(top));
      return after(buildChain(node.input), where(rows.predicate(node.predicates)));
    }
    case "order":
      return buildChain(node.input);
    case "aggregate":
      return after(buildChain(node.input), run(createAggregate(node, rows)));
    case "window":
      return after(buildChain(node.input), run(createWindow(node, rows)));
    case "distinct":
      return after(buildChain(node.input), run(createDistinctOn(node, rows)));
    case "limit":
      return after(buildChain(node.input), run(createTopK(node, rows)));
    default:
      throw new Error(`no chain over ${node.kind}`);
  }
}

function after(first: Step, second: Step): Step {
  return (delta) => second(first(delta));
}

function run(operator: Operator): Step {
  return (delta) => operator.step([delta]);
}

function each(change: (row: Row) => Row): Step {
  return (delta) => delta.map(([row, weight]) => [change(row), weight]);
}

function where(keeps: (row: Row) => boolean): Step {
  return (delta) => delta.filter(([row]) => keeps(row));
}
