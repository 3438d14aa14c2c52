import type { Operator } from "../dataflow/operator.ts";
import type { RowCompiler } from "../expression/row-compiler.ts";
import type { FilterNode } from "../plan/types.ts";
import { createStateless } from "./stateless.ts";

/** Lets rows through for which every predicate is TRUE. */
export function createFilter(node: FilterNode, rows: RowCompiler): Operator {
  const keeps = rows.predicate(node.predicates);
  return { ...createStateless((delta) => delta.filter(([row]) => keeps(row))), inParts: true };
}
