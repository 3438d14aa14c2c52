import type { Relation } from "../types.ts";

interface PlanNode {
  readonly type?: string;
  readonly children?: readonly PlanNode[];
  readonly expressions?: readonly Expression[];
  readonly groups?: readonly Expression[];
  readonly grouping_sets?: readonly unknown[];
  readonly grouping_functions?: readonly unknown[];
  readonly join_type?: string;
  readonly projection_ids?: readonly number[];
  readonly projection_map?: readonly number[];
  readonly left_projection_map?: readonly number[];
  readonly right_projection_map?: readonly number[];
  readonly column_indexes?: readonly { readonly index: number }[];
  readonly function_data?: { readonly table?: string };
}
interface Expression {
  readonly expression_class?: string;
  readonly index?: number;
  readonly name?: string;
  readonly value?: { readonly is_null?: boolean };
}

/** Relations by lower-case name. */
type Relations = ReadonlyMap<string, Pick<Relation, "fields">>;

/** Calls `onRead` for each column that a bound, not optimised plan reads from a relation. DuckDB binds no column that is not named. */
export function eachColumnRead(plan: unknown, onRead: (relation: string, column: number) => void): void {
  if (typeof plan !== "object" || plan === null) return;
  const node = plan as PlanNode;
  const relation = node.type === "LOGICAL_GET" ? node.function_data?.table : undefined;
  if (relation !== undefined) for (const { index } of node.column_indexes ?? []) onRead(relation.toLowerCase(), index);
  for (const value of Object.values(plan)) eachColumnRead(value, onRead);
}

/**
 * For each column of the plan's result, whether it can be shown never to be NULL: it is a NOT NULL column, a constant or a
 * count, and nothing on its way adds NULLs. An operator that is not known here shows nothing.
 */
export function neverNull(plan: unknown, relations: Relations): readonly boolean[] {
  const root = (plan as { readonly plans?: readonly PlanNode[] } | undefined)?.plans?.[0];
  return (root && columnsOf(root, relations)) ?? [];
}

/** Undefined when not even the number of columns is known: what stands beside them has no known place either. */
function columnsOf(node: PlanNode, relations: Relations): readonly boolean[] | undefined {
  const child = (at: number): readonly boolean[] | undefined => {
    const found = node.children?.[at];
    return found && columnsOf(found, relations);
  };
  const leftAndRight = (rightCounts = true): readonly boolean[] | undefined => {
    const [left, right] = [child(0), child(1)];
    return left && right && [...left, ...right.map((certain) => certain && rightCounts)];
  };
  const maps = [node.projection_ids, node.projection_map, node.left_projection_map, node.right_projection_map];
  if (maps.some((map) => map !== undefined && map.length > 0)) return undefined;
  switch (node.type) {
    case "LOGICAL_GET": {
      const fields = relations.get(node.function_data?.table?.toLowerCase() ?? "")?.fields ?? [];
      return (node.column_indexes ?? []).map(({ index }) => fields[index]?.columnType.nullable === false);
    }
    case "LOGICAL_PROJECTION": {
      const columns = child(0);
      return (node.expressions ?? []).map((expression) => isNeverNull(expression, columns));
    }
    case "LOGICAL_AGGREGATE_AND_GROUP_BY": {
      const columns = child(0);
      // With several grouping sets a group is NULL in the rows of those that leave it out.
      const kept = (node.grouping_sets?.length ?? 0) <= 1;
      const groups = (node.groups ?? []).map((group) => kept && isNeverNull(group, columns));
      const counts = (node.expressions ?? []).map(({ name }) => name === "count_star" || name === "count");
      return [...groups, ...counts, ...(node.grouping_functions ?? []).map(() => false)];
    }
    case "LOGICAL_FILTER":
    case "LOGICAL_ORDER_BY":
    case "LOGICAL_LIMIT":
    case "LOGICAL_DISTINCT":
      return child(0);
    case "LOGICAL_CROSS_PRODUCT":
      return leftAndRight();
    case "LOGICAL_COMPARISON_JOIN":
      if (node.join_type === "INNER") return leftAndRight();
      return node.join_type === "LEFT" ? leftAndRight(false) : undefined;
    default:
      return undefined;
  }
}

function isNeverNull(expression: Expression, columns: readonly boolean[] | undefined): boolean {
  if (expression.expression_class === "BOUND_REF") return columns?.[expression.index ?? -1] === true;
  return expression.expression_class === "BOUND_CONSTANT" && expression.value?.is_null === false;
}
