import type { Operator } from "../dataflow/operator.ts";
import type { RowCompiler } from "../expression/row-compiler.ts";
import type { UnnestNode } from "../plan/types.ts";
import type { DeltaEntry, Value } from "../types.ts";
import { createStateless } from "./stateless.ts";

const none: readonly Value[] = [];

/** One row for each element of the longest list, the other lists filled up with NULL. */
export function createUnnest(node: UnnestNode, rows: RowCompiler): Operator {
  const lists = node.lists.map((list) => rows.value(list));
  return createStateless((delta) => {
    const output: DeltaEntry[] = [];
    for (const [row, weight] of delta) {
      const values = lists.map((list) => (list(row) as readonly Value[] | null) ?? none);
      const length = Math.max(...values.map((list) => list.length));
      for (let i = 0; i < length; i++) output.push([[...row, ...values.map((list) => list[i] ?? null)], weight]);
    }
    return output;
  });
}
