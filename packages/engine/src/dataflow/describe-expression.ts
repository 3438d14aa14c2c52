import type { Expression, Order, PlanType } from "../plan/types.ts";
import type { Interval, Value } from "../types.ts";

/** An expression in words near SQL, for people; `names` are those of the input's columns. */
export function describeExpression(expression: Expression, names: readonly string[]): string {
  const say = (child: Expression): string => describeExpression(child, names);
  const list = (children: readonly Expression[]): string => children.map(say).join(", ");
  switch (expression.kind) {
    case "column":
      return names[expression.index] ?? `#${expression.index}`;
    case "constant":
      return describeValue(expression.value, expression.type);
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
      if (isInfix(expression))
        return expression.args.map((arg) => (isInfix(arg) ? `(${say(arg)})` : say(arg))).join(` ${expression.name} `);
      return `${expression.name}(${list(expression.args)})`;
  }
}

/** ORDER BY in words. */
export function describeOrders(orders: readonly Order[], names: readonly string[]): string {
  return orders.map(({ expression, descending }) => describeExpression(expression, names) + (descending ? " desc" : "")).join(", ");
}

/** Whether it is an operator between two operands, such as `+`. */
function isInfix(expression: Expression): boolean {
  return expression.kind === "call" && expression.args.length === 2 && /^\W+$/.test(expression.name);
}

const longest = 40;

function describeValue(value: Value, type: PlanType): string {
  if (typeof value === "string") return `'${value.length > longest ? `${value.slice(0, longest)}…` : value}'`;
  if (value !== null && typeof value === "object") return "months" in value ? intervalText(value) : "constant";
  if (type.id === "DATE" && typeof value === "number") return isoText(value * 86_400_000)?.slice(0, 10) ?? String(value);
  if (type.id.startsWith("TIMESTAMP") && typeof value === "bigint") return isoText(Number(value / 1000n)) ?? String(value);
  if (type.id === "DECIMAL" && typeof value === "bigint") return decimalText(value, type.scale ?? 0);
  return String(value);
}

function intervalText({ months, days, micros }: Interval): string {
  const parts = [months !== 0 && `${months} months`, days !== 0 && `${days} days`, micros !== 0n && `${Number(micros) / 1e6} s`];
  return `interval '${parts.filter((part) => part !== false).join(" ") || "0 s"}'`;
}

/** Undefined beyond the years that JavaScript knows. */
function isoText(milliseconds: number): string | undefined {
  const date = new Date(milliseconds);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}

function decimalText(unscaled: bigint, scale: number): string {
  if (scale === 0) return String(unscaled);
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, "0");
  return `${unscaled < 0n ? "-" : ""}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}
