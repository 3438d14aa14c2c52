import type { PlanType } from "../plan/types.ts";
import type { Operator } from "./arithmetic.ts";
import { EvaluationError } from "./evaluation-error.ts";
import { integerType, type IntegerType } from "./number-types.ts";

type Evaluate = (a: never, b: never) => unknown;

const words: Readonly<Record<string, string>> = { "+": "addition", "-": "subtraction", "*": "multiplication" };

/** Integers of one type; the result has to fit the same type. A division by zero is NULL. */
export function integerOperator(symbol: string, left: PlanType, right: PlanType, result: PlanType): Operator | undefined {
  const type = integerType(left);
  if (type === undefined || left.id !== right.id || left.id !== result.id) return undefined;
  if (symbol === "//" || symbol === "%") return { evaluate: (type.big ? bigDivision(symbol, type) : division(symbol, type)) as Evaluate };
  if (words[symbol] === undefined) return undefined;
  return { evaluate: (type.big ? bigChecked(symbol, type) : checked(symbol, type)) as Evaluate };
}

/** Unary minus of a signed integer; DuckDB lets unsigned ones wrap around, which nobody means. */
export function integerNegation(type: PlanType): Operator | undefined {
  const integer = integerType(type);
  if (integer === undefined || integer.min === 0n) return undefined;
  const min = integer.big ? integer.min : Number(integer.min);
  return {
    evaluate: ((x: bigint | number) => {
      if (x === min) throw new EvaluationError("Overflow in negation of numeric value!");
      return typeof x === "number" ? 0 - x : -x;
    }) as Evaluate,
  };
}

function overflow(symbol: string, type: IntegerType, a: unknown, b: unknown): EvaluationError {
  return new EvaluationError(`Overflow in ${words[symbol]} of ${type.physical} (${String(a)} ${symbol} ${String(b)})!`);
}

/** Results of 32 bits are exact in a double, or, when rounded, far out of bounds. */
function checked(symbol: string, type: IntegerType): (a: number, b: number) => number {
  const min = Number(type.min);
  const max = Number(type.max);
  const check = (value: number, a: number, b: number): number => {
    if (value < min || value > max) throw overflow(symbol, type, a, b);
    return value;
  };
  if (symbol === "+") return (a, b) => check(a + b, a, b);
  if (symbol === "-") return (a, b) => check(a - b, a, b);
  return (a, b) => check(a * b + 0, a, b);
}

function bigChecked(symbol: string, type: IntegerType): (a: bigint, b: bigint) => bigint {
  const { min, max } = type;
  const check = (value: bigint, a: bigint, b: bigint): bigint => {
    if (value < min || value > max) throw overflow(symbol, type, a, b);
    return value;
  };
  if (symbol === "+") return (a, b) => check(a + b, a, b);
  if (symbol === "-") return (a, b) => check(a - b, a, b);
  return (a, b) => check(a * b, a, b);
}

function division(symbol: string, type: IntegerType): (a: number, b: number) => number | null {
  const min = type.min === 0n ? NaN : Number(type.min);
  const check = (a: number, b: number): void => {
    if (b === -1 && a === min) throw new EvaluationError(`Overflow in division of ${a} / ${b}`);
  };
  // Adding 0 makes a positive zero of a negative one.
  if (symbol === "//")
    return (a, b) => {
      check(a, b);
      return b === 0 ? null : Math.trunc(a / b) + 0;
    };
  return (a, b) => {
    check(a, b);
    return b === 0 ? null : (a % b) + 0;
  };
}

function bigDivision(symbol: string, type: IntegerType): (a: bigint, b: bigint) => bigint | null {
  const min = type.min === 0n ? undefined : type.min;
  const check = (a: bigint, b: bigint): void => {
    if (b === -1n && a === min) throw new EvaluationError(`Overflow in division of ${a} / ${b}`);
  };
  if (symbol === "//")
    return (a, b) => {
      check(a, b);
      return b === 0n ? null : a / b;
    };
  return (a, b) => {
    check(a, b);
    return b === 0n ? null : a % b;
  };
}
