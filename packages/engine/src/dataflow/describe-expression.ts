import type { Expression, Order } from "../plan/types.ts";
import type { Value } from "../types.ts";

/** An expression in words near SQL, for people; `names` are those of the input's columns. */
export function describeExpression(expression: Expression, names: readonly string[]): string {
  const say = (child: Expression): string => describeExpression(child, names);
  const list = (children: readonly Expression[]): string => children.map(say).join(", ");
  switch (expression.kind) {
    case "column":
      return names[expression.index] ?? `#${expression.index}`;
    case "constant":
      return describeValue(expression.value);
    case "cast":
      return `${say(expression.child)}::${expression.type.id}`;
    case "compare":
      return `${say(expression.left)} ${expression.op} ${say(expression.right)}`;
    case "and":
    case "or":
      return `(${expression.children.map(say).join(` ${expression.kind} `)})`;
    case "not":
      return `not ${say(expression.child)}`;
    case "is_null":
      return `${say(expression.child)} is null`;
    case "is_not_null":
      return `${say(expression.child)} is not null`;
    case "in":
      return `${say(expression.input)} ${expression.negated ? "not " : ""}in (${list(expression.list)})`;
    case "case":
      return `case ${expression.branches.map(({ when, then }) => `when ${say(when)} then ${say(then)}`).join(" ")} else ${say(expression.otherwise)} end`;
    case "coalesce":
      return `coalesce(${list(expression.children)})`;
    case "between":
      return `${say(expression.input)} between ${say(expression.lower)} and ${say(expression.upper)}`;
    case "call":
      if (expression.args.length === 2 && /^\W+$/.test(expression.name))
        return `${say(expression.args[0]!)} ${expression.name} ${say(expression.args[1]!)}`;
      return `${expression.name}(${list(expression.args)})`;
  }
}

/** ORDER BY in words. */
export function describeOrders(orders: readonly Order[], names: readonly string[]): string {
  return orders.map(({ expression, descending }) => describeExpression(expression, names) + (descending ? " desc" : "")).join(", ");
}

function describeValue(value: Value): string {
  if (typeof value === "string") return `'${value.length > 40 ? `${value.slice(0, 40)}…` : value}'`;
  if (value !== null && typeof value === "object") return "constant";
  return String(value);
}
