import type { RowCompiler } from "../expression/row-compiler.ts";
import { shiftColumns } from "../operators/shift-columns.ts";
import { columnsOf } from "../plan/columns-of.ts";
import type { Comparison, Expression, JoinNode } from "../plan/types.ts";
import { greatest, lowest, noBounds, type Bound, type Bounds } from "./bound.ts";
import { createExpiry, type Expiry, type Limit } from "./expiry.ts";
import { columnLimits, expressionBound } from "./expression-bound.ts";

/** When rows of a join's sides can be forgotten. */
export interface JoinExpiry {
  readonly left: Expiry | undefined;
  readonly right: Expiry | undefined;
}

/** A comparison that holds for all pairs of a join, each side an expression over its own row. */
interface Comparing {
  readonly op: Comparison;
  readonly left: Expression;
  readonly right: Expression;
}

/** An expression over one side that, in all pairs to come of a change of the other side, is NULL or at least the bound. */
interface Reach {
  readonly expression: Expression;
  readonly bound: Bound;
}

interface Reaches {
  readonly left: readonly Reach[];
  readonly right: readonly Reach[];
}

/**
 * What is known of a join's output. A row of it comes or goes with a change of either side: of the column's own, or of the other
 * side, where a comparison must hold the column above that side's bound.
 */
export function joinBounds(node: JoinNode, left: Bounds, right: Bounds, rows: RowCompiler): Bounds {
  // All rows of a group come and go with the answer for the group.
  if (node.joinType === "mark") return noBounds;
  const reaches = reachesOf(node, left, right, rows);
  const result = new Map<number, Bound>();
  const add = (own: Bounds, reach: readonly Reach[], shift: number): void => {
    for (const [column, bound] of own) {
      const others = reach.filter(({ expression }) => expression.kind === "column" && expression.index === column);
      if (others.length > 0) result.set(column + shift, lowest([bound, greatest(others.map((other) => other.bound))]));
    }
  };
  add(left, reaches.left, 0);
  if (node.joinType !== "semi" && node.joinType !== "anti") add(right, reaches.right, node.left.types.length);
  return result;
}

/** What is known of rows that a bound, which never falls, lets through until it has come past them. */
export function movingBounds({ conditions: [condition] }: JoinNode, right: Bounds, rows: RowCompiler): Bounds {
  const { op, left, right: limit } = condition!;
  const bound = expressionBound(limit, right, rows);
  return left.kind !== "column" || bound === undefined || (op !== ">" && op !== ">=") ? noBounds : new Map([[left.index, bound]]);
}

/** Rows that no change of their own side touches, and with which no change of the other side makes a pair. */
export function pairExpiry(node: JoinNode, left: Bounds, right: Bounds, rows: RowCompiler): JoinExpiry {
  const reaches = reachesOf(node, left, right, rows);
  const limits = (reach: readonly Reach[]): Limit[] => reach.map(({ expression, bound }) => ({ value: rows.value(expression), bound }));
  return {
    left: createExpiry(columnLimits(left), limits(reaches.left)),
    right: createExpiry(columnLimits(right), limits(reaches.right)),
  };
}

/** Rows of keys that no change of either side has: where a key's answer depends on all its rows, they go together. */
export function keyExpiry(node: JoinNode, left: Bounds, right: Bounds, rows: RowCompiler): JoinExpiry {
  const keys = node.conditions.filter(({ op }) => op === "=" || op === "is not distinct from");
  const found = keys.flatMap((key) => {
    const bounds = [expressionBound(key.left, left, rows), expressionBound(key.right, right, rows)];
    const both = bounds.filter((bound) => bound !== undefined);
    return both.length < 2 ? [] : [{ ...key, bound: lowest(both) }];
  });
  const limits = (side: "left" | "right"): Limit[] => found.map((key) => ({ value: rows.value(key[side]), bound: key.bound }));
  return { left: createExpiry(limits("left")), right: createExpiry(limits("right")) };
}

function reachesOf(node: JoinNode, left: Bounds, right: Bounds, rows: RowCompiler): Reaches {
  const reaches = { left: [] as Reach[], right: [] as Reach[] };
  for (const { op, left: a, right: b } of comparisonsOf(node)) {
    const [above, below] = [expressionBound(b, right, rows), expressionBound(a, left, rows)];
    if (above !== undefined && atLeast.has(op)) reaches.left.push({ expression: a, bound: above });
    if (below !== undefined && atMost.has(op)) reaches.right.push({ expression: b, bound: below });
  }
  return reaches;
}

const atLeast: ReadonlySet<Comparison> = new Set<Comparison>(["=", "is not distinct from", ">", ">="]);
const atMost: ReadonlySet<Comparison> = new Set<Comparison>(["=", "is not distinct from", "<", "<="]);
const mirrored: Readonly<Partial<Record<Comparison, Comparison>>> = { "<": ">", "<=": ">=", ">": "<", ">=": "<=" };

function comparisonsOf({ conditions, residual, left }: JoinNode): Comparing[] {
  return [...conditions, ...(residual === undefined ? [] : comparisonsIn(residual, left.types.length))];
}

/** Those of a condition over left ++ right that compare one side with the other. */
function comparisonsIn(condition: Expression, leftWidth: number): Comparing[] {
  if (condition.kind === "and") return condition.children.flatMap((child) => comparisonsIn(child, leftWidth));
  if (condition.kind === "between") {
    const { input, lower, upper, type } = condition;
    const part = (op: Comparison, bound: Expression): Expression => ({ kind: "compare", op, left: input, right: bound, type });
    return [part(">=", lower), part("<=", upper)].flatMap((compare) => comparisonsIn(compare, leftWidth));
  }
  if (condition.kind !== "compare") return [];
  const { op, left, right } = condition;
  const [a, b] = [sideOf(left, leftWidth), sideOf(right, leftWidth)];
  if (a === "left" && b === "right") return [{ op, left, right: shiftColumns(right, -leftWidth) }];
  if (a === "right" && b === "left") return [{ op: mirrored[op] ?? op, left: right, right: shiftColumns(left, -leftWidth) }];
  return [];
}

function sideOf(expression: Expression, leftWidth: number): "left" | "right" | undefined {
  const sides = new Set([...columnsOf([expression])].map((column) => (column < leftWidth ? "left" : "right")));
  return sides.size === 1 ? [...sides][0] : undefined;
}
