import type { AggregateCall, JoinNode, PlanNode, WindowCall } from "../plan/types.ts";
import { describeExpression, describeOrders } from "./describe-expression.ts";

/** What a node does, in a line; `inputs` are the names of its inputs' columns. */
export function describeNode(node: PlanNode, inputs: readonly (readonly string[])[]): string {
  const names = inputs[0] ?? [];
  switch (node.kind) {
    case "scan":
      return [node.filters.map((filter) => describeExpression(filter, names)).join(" and "), node.columns.map((i) => names[i]).join(", ")]
        .filter((part) => part !== "")
        .join(" → ");
    case "values":
      return `${node.rows.length} ${node.rows.length === 1 ? "row" : "rows"}`;
    case "project":
      return node.expressions.map((expression) => describeExpression(expression, names)).join(", ");
    case "filter":
      return node.predicates.map((predicate) => describeExpression(predicate, names)).join(" and ");
    case "join":
      return describeJoin(node, names, inputs[1] ?? []);
    case "aggregate": {
      const groups = node.groups.map((group) => describeExpression(group, names)).join(", ");
      return [node.aggregates.map((call) => describeCall(call, names)).join(", "), groups === "" ? "" : `by ${groups}`]
        .filter((part) => part !== "")
        .join(" ");
    }
    case "distinct":
      return node.on === undefined ? "whole rows" : `on ${node.on.targets.map((target) => describeExpression(target, names)).join(", ")}`;
    case "set":
      return node.op + (node.all ? " all" : "");
    case "window":
      return node.calls.map((call) => describeCall(call, names)).join(", ");
    case "order":
      return describeOrders(node.orders, names);
    case "limit": {
      const order = node.input.kind === "order" ? ` by ${describeOrders(node.input.orders, names)}` : "";
      return `${node.limit ?? "all"}${node.offset > 0 ? ` after ${node.offset}` : ""}${order}`;
    }
    case "unnest":
      return node.lists.map((list) => describeExpression(list, names)).join(", ");
    case "delim":
    case "cte":
    case "cte_ref":
      return "";
  }
}

/** Names of the columns that a node gives; `inputs` are those of its inputs' columns. */
export function outputNames(node: PlanNode, inputs: readonly (readonly string[])[]): readonly string[] {
  const names = inputs[0] ?? [];
  switch (node.kind) {
    case "scan":
      return node.columns.map((column) => names[column] ?? `#${column}`);
    case "values":
      return node.types.map((_, i) => `#${i}`);
    case "project":
      return node.expressions.map((expression) => describeExpression(expression, names));
    case "join":
      if (node.joinType === "semi" || node.joinType === "anti") return names;
      return [...names, ...(node.joinType === "mark" ? ["mark"] : (inputs[1] ?? []))];
    case "aggregate":
      return [
        ...node.groups.map((group) => describeExpression(group, names)),
        ...node.aggregates.map((call) => describeCall(call, names)),
        ...node.groupingFunctions.map(() => "grouping"),
      ];
    case "window":
      return [...names, ...node.calls.map((call) => describeCall(call, names))];
    case "unnest":
      return [...names, ...node.lists.map((list) => `unnest(${describeExpression(list, names)})`)];
    default:
      return names;
  }
}

function describeCall(call: AggregateCall | WindowCall, names: readonly string[]): string {
  const args = call.args.map((arg) => describeExpression(arg, names)).join(", ");
  return `${call.name}(${call.distinct ? "distinct " : ""}${args})`;
}

function describeJoin(node: JoinNode, left: readonly string[], right: readonly string[]): string {
  const conditions = node.conditions.map(
    ({ op, left: a, right: b }) => `${describeExpression(a, left)} ${op} ${describeExpression(b, right)}`,
  );
  if (node.residual !== undefined) conditions.push(describeExpression(node.residual, [...left, ...right]));
  const keyed = node.conditions.some(({ op }) => op === "=" || op === "is not distinct from");
  const how = keyed ? "" : conditions.length === 0 ? ", cross product" : ", nested loop";
  return `${node.joinType}${conditions.length === 0 ? "" : ` on ${conditions.join(" and ")}`}${how}`;
}
