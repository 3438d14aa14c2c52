import type { PlanType } from "../plan/types.ts";
import type { Operator } from "./arithmetic.ts";
import { EvaluationError } from "./evaluation-error.ts";
import { decimalMax } from "./number-types.ts";

const words: Readonly<Record<string, string>> = { "+": "addition", "-": "subtraction", "*": "multiplication" };

/** Exact; the plan's result type says how many digits there are. */
export function decimalOperator(symbol: string, left: PlanType, right: PlanType, result: PlanType): Operator | undefined {
  if (left.id !== "DECIMAL" || right.id !== "DECIMAL" || result.id !== "DECIMAL") return undefined;
  if (symbol === "%") return left.scale === right.scale && left.scale === result.scale ? remainder : undefined;
  const product = symbol === "*";
  if (words[symbol] === undefined) return undefined;
  const scales = product ? [left.scale! + right.scale!] : [left.scale!, right.scale!];
  if (scales.some((scale) => scale !== result.scale)) return undefined;
  const max = decimalMax(result.width!);
  const check = (value: bigint, a: bigint, b: bigint): bigint => {
    if (value <= max && value >= -max) return value;
    throw new EvaluationError(
      `Overflow in ${words[symbol]} of DECIMAL(${result.width}) (${a} ${symbol} ${b}). You might want to add an explicit cast to a bigger decimal.`,
    );
  };
  if (symbol === "+") return { evaluate: (a: bigint, b: bigint) => check(a + b, a, b) };
  if (symbol === "-") return { evaluate: (a: bigint, b: bigint) => check(a - b, a, b) };
  return { evaluate: (a: bigint, b: bigint) => check(a * b, a, b) };
}

/** With the sign of the dividend; NULL when the divisor is 0. */
const remainder: Operator = { evaluate: (a: bigint, b: bigint) => (b === 0n ? null : a % b) };
