import type { Key, Operator } from "../dataflow/operator.ts";
import type { RowCompiler } from "../expression/row-compiler.ts";
import type { JoinNode } from "../plan/types.ts";
import { Unsupported } from "../plan/unsupported.ts";
import { consolidate } from "../runtime/consolidate.ts";
import { noBounds, type Bounds } from "../streaming/bound.ts";
import { keyExpiry, pairExpiry } from "../streaming/join-bounds.ts";
import type { Row } from "../types.ts";
import { createInnerJoin } from "./inner-join.ts";
import { splitConditions } from "./join-parts.ts";
import { createKeyedJoin } from "./keyed-join.ts";
import { createMarkJoin } from "./mark-join.ts";
import { createResidualJoin } from "./residual-join.ts";

/** The operator for a join of any type. Inputs: left, right, of whose columns the bounds are known. */
export function createJoin(node: JoinNode, rows: RowCompiler, left: Bounds = noBounds, right: Bounds = noBounds): Operator {
  if (node.joinType === "inner") return createInnerJoin(node, rows, pairExpiry(node, left, right, rows));
  return withoutPassingRows(createOf(node, rows, left, right), rows.rowKey(node.types));
}

/**
 * When both sides change in a step, a row can come by the change of one side and go again by that of the other. What reads the join
 * must not see it: an expression over it could fault on values that no result has.
 */
function withoutPassingRows(join: Operator, keyOf: (row: Row) => Key): Operator {
  return {
    release: join.release,
    step(inputs) {
      const delta = join.step(inputs);
      const both = inputs.every((input) => input.length > 0);
      return both && delta.some(([, weight]) => weight < 0) ? consolidate(delta, keyOf) : delta;
    },
    get retained() {
      return join.retained;
    },
  };
}

function createOf(node: JoinNode, rows: RowCompiler, left: Bounds, right: Bounds): Operator {
  if (node.joinType === "mark") return createMark(node, rows);
  const parts = splitConditions(node, rows);
  if (parts.residual.length === 0) return createKeyedJoin(node, rows, parts, keyExpiry(node, left, right, rows));
  return createResidualJoin(node, rows, parts, pairExpiry(node, left, right, rows));
}

function createMark(node: JoinNode, rows: RowCompiler): Operator {
  const values = node.conditions.filter(({ op }) => op !== "is not distinct from");
  const tuple = values.length > 1 && values.length === node.conditions.length && values.every(({ op }) => op === "=");
  if (node.residual !== undefined || (values.length > 1 && !tuple))
    throw new Unsupported("IN or ANY over a subquery with more than one condition");
  const value = values[0];
  if (value?.op === "=") return createMarkJoin(node, rows);
  if (value !== undefined && node.conditions.length > 1) throw new Unsupported(`${value.op} ANY over a correlated subquery`);
  const parts = splitConditions(node, rows, ({ op }) => op === "is not distinct from");
  return value === undefined ? createKeyedJoin(node, rows, parts) : createResidualJoin(node, rows, parts);
}
