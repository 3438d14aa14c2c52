import { isMovingBound } from "../operators/moving-bound.ts";
import { findScalarSubquery } from "../operators/single-row.ts";
import { columnsOf } from "../plan/columns-of.ts";
import type { AggregateNode, Expression, JoinNode, PlanNode } from "../plan/types.ts";

/**
 * The joins of a plan that only hold a column against a scalar subquery, the value of which nothing above reads. There rows come and
 * go as the value moves, and those that stay need not change.
 */
export function findBoundJoins(plan: PlanNode): ReadonlySet<JoinNode> {
  const found = new Set<JoinNode>();
  visit(plan, undefined, found);
  return found;
}

/** `read`: the columns of the node that something above it reads; undefined: all. */
function visit(node: PlanNode, read: ReadonlySet<number> | undefined, found: Set<JoinNode>): void {
  switch (node.kind) {
    case "project":
      return visit(node.input, columnsOf(node.expressions), found);
    case "aggregate":
      return visit(node.input, columnsOf(aggregateExpressions(node)), found);
    case "filter":
      return visit(node.input, read && union(read, columnsOf(node.predicates)), found);
    case "join":
      return visitJoin(node, read, found);
    case "set":
      for (const input of node.inputs) visit(input, undefined, found);
      return;
    case "cte":
      visit(node.definition, undefined, found);
      return visit(node.input, read, found);
    case "distinct":
    case "window":
    case "order":
    case "limit":
    case "unnest":
      return visit(node.input, undefined, found);
    case "scan":
    case "values":
    case "delim":
    case "cte_ref":
  }
}

function visitJoin(node: JoinNode, read: ReadonlySet<number> | undefined, found: Set<JoinNode>): void {
  const width = node.left.types.length;
  const hidden = read !== undefined && node.types.every((_, i) => i < width || !read.has(i));
  const scalar = node.right.kind === "project" && findScalarSubquery(node.right) !== undefined;
  const isBound = hidden && scalar && isMovingBound(node);
  if (isBound) found.add(node);
  // Other joins hand on which of their left columns are read, but what they keep and compare is whole rows: only a bound passes it on.
  visit(node.left, isBound ? union(read, columnsOf(node.conditions.map(({ left }) => left))) : undefined, found);
  visit(node.right, undefined, found);
}

function aggregateExpressions({ groups, aggregates }: AggregateNode): Expression[] {
  const ordered = aggregates.flatMap(({ orderBy }) => orderBy.map(({ expression }) => expression));
  const filters = aggregates.flatMap(({ filter }) => filter ?? []);
  return [...groups, ...aggregates.flatMap(({ args }) => args), ...ordered, ...filters];
}

function union(a: ReadonlySet<number>, b: ReadonlySet<number>): ReadonlySet<number> {
  return new Set([...a, ...b]);
}
