import { PlanObject } from "./plan-object.ts";
import { readComparison, readExpression, readExpressions } from "./read-expression.ts";
import type { Comparison, JoinCondition, JoinNode, JoinType, PlanNode, PlanType } from "./types.ts";
import { Unsupported } from "./unsupported.ts";

const joinTypes: Readonly<Record<string, JoinType>> = {
  INNER: "inner",
  LEFT: "left",
  RIGHT: "right",
  OUTER: "full",
  FULL: "full",
  SEMI: "semi",
  ANTI: "anti",
  MARK: "mark",
  SINGLE: "single",
};
/** The same join with the sides exchanged. */
const flipped: Readonly<Record<string, "semi" | "anti">> = { RIGHT_SEMI: "semi", RIGHT_ANTI: "anti" };
const turned: Readonly<Record<Comparison, Comparison>> = {
  "=": "=",
  "<>": "<>",
  "<": ">",
  "<=": ">=",
  ">": "<",
  ">=": "<=",
  "is distinct from": "is distinct from",
  "is not distinct from": "is not distinct from",
};

interface Sides {
  readonly left: PlanNode;
  readonly right: PlanNode;
}

export function readComparisonJoin(node: PlanObject, { left, right }: Sides): JoinNode {
  checkFields(node, "conditions", "predicate", "filter_pushdown");
  const conditions = node.list("conditions").map((json): JoinCondition => {
    const condition = new PlanObject(json, "join condition").only("left", "right", "comparison");
    return {
      op: readComparison(condition.text("comparison")),
      left: readExpression(condition.raw("left"), left.types),
      right: readExpression(condition.raw("right"), right.types),
    };
  });
  const residual = node.has("predicate") ? readExpression(node.raw("predicate"), [...left.types, ...right.types]) : undefined;
  const name = node.text("join_type");
  const turn = flipped[name];
  if (turn === undefined) return joinOf(joinTypeOf(name), left, right, { conditions, residual, delim: undefined });
  if (residual !== undefined) throw new Unsupported(`join ${name} with a predicate`);
  const exchanged = conditions.map((condition) => ({ op: turned[condition.op], left: condition.right, right: condition.left }));
  return joinOf(turn, right, left, { conditions: exchanged, residual, delim: undefined });
}

/** A join over a correlated subquery: `right` was read with `id` as the number of its `delim` nodes. */
export function readDelimJoin(node: PlanObject, { left, right }: Sides, id: number): JoinNode {
  checkFields(node, "conditions", "predicate", "duplicate_eliminated_columns");
  const expressions = delimExpressions(node, left);
  const base = new PlanObject({ ...(node.fields as object), duplicate_eliminated_columns: [] }, "join");
  const join = readComparisonJoin(base, { left, right });
  if (join.left !== left) throw new Unsupported("a correlated subquery with the sides exchanged");
  return { ...join, delim: { id, expressions } };
}

export const delimExpressions = (node: PlanObject, left: PlanNode): JoinNode["conditions"][number]["left"][] => [
  ...readExpressions(node.list("duplicate_eliminated_columns"), left.types),
];

export function readAnyJoin(node: PlanObject, { left, right }: Sides): JoinNode {
  checkFields(node, "condition");
  const residual = readExpression(node.raw("condition"), [...left.types, ...right.types]);
  return joinOf(joinTypeOf(node.text("join_type")), left, right, { conditions: [], residual, delim: undefined });
}

export function readCrossProduct(node: PlanObject, { left, right }: Sides): JoinNode {
  node.only("type", "children");
  return joinOf("inner", left, right, { conditions: [], residual: undefined, delim: undefined });
}

/** Neither `mark_index` nor `mark_types` says more than the conditions do. */
function checkFields(node: PlanObject, ...own: readonly string[]): void {
  node.only("type", "children", "join_type", "mark_index", "mark_types", ...own);
}

function joinTypeOf(name: string): JoinType {
  const type = joinTypes[name];
  if (type === undefined) throw new Unsupported(`join ${name}`);
  return type;
}

function joinOf(joinType: JoinType, left: PlanNode, right: PlanNode, parts: Pick<JoinNode, "conditions" | "residual" | "delim">): JoinNode {
  return { kind: "join", joinType, left, right, ...parts, types: joinColumns(joinType, left, right) };
}

function joinColumns(joinType: JoinType, left: PlanNode, right: PlanNode): readonly PlanType[] {
  if (joinType === "semi" || joinType === "anti") return left.types;
  if (joinType === "mark") return [...left.types, { id: "BOOLEAN" }];
  return [...left.types, ...right.types];
}
