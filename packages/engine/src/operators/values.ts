import type { Operator } from "../dataflow/operator.ts";
import type { RowCompiler } from "../expression/row-compiler.ts";
import type { ValuesNode } from "../plan/types.ts";
import type { Delta } from "../types.ts";

/** Constant rows: all of them in the first step, nothing later. */
export function createValues(node: ValuesNode, rows: RowCompiler): Operator {
  const makers = node.rows.map((expressions) => expressions.map((expression) => rows.value(expression)));
  let given = false;
  return {
    step() {
      const output: Delta = given ? [] : makers.map((values) => [values.map((value) => value([])), 1]);
      given = true;
      return output;
    },
    retained: 0,
  };
}
