import type { PlanType } from "../plan/types.ts";
import type { Operator } from "./arithmetic.ts";

/** FLOAT and DOUBLE follow IEEE 754. */
export function floatOperator(symbol: string, left: PlanType, right: PlanType, result: PlanType): Operator | undefined {
  if ((left.id !== "DOUBLE" && left.id !== "FLOAT") || left.id !== right.id || left.id !== result.id) return undefined;
  if (symbol !== "+" && symbol !== "-" && symbol !== "*" && symbol !== "/" && symbol !== "%") return undefined;
  if (left.id === "FLOAT" && symbol === "%") return undefined;
  if (left.id === "FLOAT") return { inline: (x, y) => `Math.fround(${x} ${symbol} ${y})` };
  return { inline: (x, y) => `(${x} ${symbol} ${y})` };
}
