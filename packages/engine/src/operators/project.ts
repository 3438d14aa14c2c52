import type { Operator } from "../dataflow/operator.ts";
import type { RowCompiler } from "../expression/row-compiler.ts";
import type { ProjectNode } from "../plan/types.ts";
import type { DeltaEntry } from "../types.ts";
import { createStateless } from "./stateless.ts";

/** Computes new columns from each row. */
export function createProject(node: ProjectNode, rows: RowCompiler): Operator {
  const width = node.input.types.length;
  const { expressions } = node;
  const same = expressions.length === width && expressions.every((e, i) => e.kind === "column" && e.index === i);
  if (same) return createStateless((delta) => delta);
  const project = rows.row(expressions, width);
  return createStateless((delta) => {
    const output: DeltaEntry[] = [];
    for (const [row, weight] of delta) output.push([project(row), weight]);
    return output;
  });
}
