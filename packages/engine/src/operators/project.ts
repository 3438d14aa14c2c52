import type { Operator } from "../dataflow/operator.ts";
import type { RowCompiler } from "../expression/row-compiler.ts";
import type { ProjectNode } from "../plan/types.ts";
import type { DeltaEntry } from "../types.ts";
import { createStateless } from "./stateless.ts";

/** Computes new columns from each row. */
export function createProject(node: ProjectNode, rows: RowCompiler): Operator {
  const project = rows.row(node.expressions, node.input.types.length);
  return {
    ...createStateless((delta) => {
      const output: DeltaEntry[] = [];
      for (const [row, weight] of delta) output.push([project(row), weight]);
      return output;
    }),
    inParts: true,
  };
}
