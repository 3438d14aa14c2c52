import type { Comparison, PlanType } from "../plan/types.ts";
import type { FunctionBuilder } from "./generate.ts";
import { compareOf, orderKind } from "./order.ts";

type Operator = Exclude<Comparison, "is distinct from" | "is not distinct from">;

const native: Readonly<Record<Operator, string>> = { "=": "===", "<>": "!==", "<": "<", "<=": "<=", ">": ">", ">=": ">=" };

/** Source of a comparison of two values of one type that are not NULL. */
export function comparisonSource(builder: FunctionBuilder, type: PlanType, op: Operator, x: string, y: string): string {
  switch (orderKind(type)) {
    case "native":
      return `${x} ${native[op]} ${y}`;
    case "float":
      return floatSource(op, x, y);
    case "text":
      if (op === "=" || op === "<>") return `${x} ${native[op]} ${y}`;
      return `${builder.bind(compareOf(type))}(${x}, ${y}) ${native[op]} 0`;
    default:
      return `${builder.bind(compareOf(type))}(${x}, ${y}) ${native[op]} 0`;
  }
}

/** NaN is greatest and equal to itself. */
function floatSource(op: Operator, x: string, y: string): string {
  switch (op) {
    case "=":
      return `(${x} === ${y} || (${x} !== ${x} && ${y} !== ${y}))`;
    case "<>":
      return `(${x} !== ${y} && (${x} === ${x} || ${y} === ${y}))`;
    case "<":
      return `(${x} < ${y} || (${y} !== ${y} && ${x} === ${x}))`;
    case "<=":
      return `(${x} <= ${y} || ${y} !== ${y})`;
    case ">":
      return `(${x} > ${y} || (${x} !== ${x} && ${y} === ${y}))`;
    case ">=":
      return `(${x} >= ${y} || ${x} !== ${x})`;
  }
}
