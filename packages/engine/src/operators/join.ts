import type { Operator } from "../dataflow/operator.ts";
import type { RowCompiler } from "../expression/row-compiler.ts";
import type { JoinNode } from "../plan/types.ts";
import { Unsupported } from "../plan/unsupported.ts";
import { createInnerJoin } from "./inner-join.ts";
import { splitConditions } from "./join-parts.ts";
import { createKeyedJoin } from "./keyed-join.ts";
import { createMarkJoin } from "./mark-join.ts";
import { createResidualJoin } from "./residual-join.ts";

/** The operator for a join of any type. Inputs: left, right. */
export function createJoin(node: JoinNode, rows: RowCompiler): Operator {
  if (node.joinType === "inner") return createInnerJoin(node, rows);
  if (node.joinType === "mark") return createMark(node, rows);
  const parts = splitConditions(node, rows);
  return parts.residual.length === 0 ? createKeyedJoin(node, rows, parts) : createResidualJoin(node, rows, parts);
}

function createMark(node: JoinNode, rows: RowCompiler): Operator {
  const values = node.conditions.filter(({ op }) => op !== "is not distinct from");
  if (node.residual !== undefined || values.length > 1) throw new Unsupported("IN or ANY over a subquery with more than one condition");
  const value = values[0];
  if (value?.op === "=") return createMarkJoin(node, rows);
  if (value !== undefined && node.conditions.length > 1) throw new Unsupported(`${value.op} ANY over a correlated subquery`);
  const parts = splitConditions(node, rows, ({ op }) => op === "is not distinct from");
  return value === undefined ? createKeyedJoin(node, rows, parts) : createResidualJoin(node, rows, parts);
}
