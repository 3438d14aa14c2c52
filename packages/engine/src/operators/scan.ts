import type { Operator } from "../dataflow/operator.ts";
import type { RowCompiler } from "../expression/row-compiler.ts";
import { columnsOf } from "../plan/columns-of.ts";
import type { ScanNode } from "../plan/types.ts";
import type { DeltaEntry } from "../types.ts";
import { createStateless } from "./stateless.ts";

/** Reads a relation of `width` columns: keeps what the filters let through and takes the columns that are asked for. */
export function createScan(node: ScanNode, width: number, rows: RowCompiler): Operator {
  return { ...createReader(node, width, rows), inParts: true, reads: new Set([...node.columns, ...columnsOf(node.filters)]) };
}

function createReader(node: ScanNode, width: number, rows: RowCompiler): Operator {
  const keeps = node.filters.length === 0 ? undefined : rows.predicate(node.filters);
  const whole = node.columns.length === width && node.columns.every((column, i) => column === i);
  if (whole) return createStateless((delta) => (keeps === undefined ? delta : delta.filter(([row]) => keeps(row))));
  const expressions = node.columns.map((index, i) => ({ kind: "column" as const, index, type: node.types[i]! }));
  const project = rows.row(expressions, width);
  return createStateless((delta) => {
    const output: DeltaEntry[] = [];
    for (const [row, weight] of delta) if (keeps === undefined || keeps(row)) output.push([project(row), weight]);
    return output;
  });
}
