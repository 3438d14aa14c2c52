import type { BoundCall, Overload } from "../functions/types.ts";
import type { PlanType } from "../plan/types.ts";
import { decimalOperator } from "./decimal-arithmetic.ts";
import { floatOperator } from "./float-arithmetic.ts";
import { integerNegation, integerOperator } from "./integer-arithmetic.ts";
import { temporalOperator } from "./temporal-arithmetic.ts";

/** An operator's JavaScript source over the sources of its operands, which are not NULL. */
export type OperatorSource = (...operands: string[]) => string;

/** An operator: as source, or as a function. */
export type Operator = { readonly inline: OperatorSource } | { readonly evaluate: (...operands: never[]) => unknown };

const symbols: Readonly<Record<string, string>> = {
  add: "+",
  subtract: "-",
  multiply: "*",
  divide: "//",
  mod: "%",
};

/** The operators + - * / // % and unary minus for the types that are proven. */
export function findArithmetic(name: string, args: readonly PlanType[], result: PlanType): Overload | undefined {
  const symbol = symbols[name] ?? name;
  const operator =
    args.length === 1 ? unary(symbol, args[0]!, result) : args.length === 2 ? binary(symbol, args[0]!, args[1]!, result) : undefined;
  return operator === undefined ? undefined : overloadOf(operator, `${symbol}(${args.map(({ id }) => id).join(", ")})`);
}

function unary(symbol: string, type: PlanType, result: PlanType): Operator | undefined {
  if (type.id !== result.id) return undefined;
  if (symbol === "+")
    return integerNegation(type) !== undefined || type.id === "DOUBLE" || type.id === "FLOAT" ? { inline: (x) => x } : undefined;
  if (symbol !== "-") return undefined;
  if (type.id === "DOUBLE" || type.id === "FLOAT" || type.id === "DECIMAL") return { inline: (x) => `(-${x})` };
  return integerNegation(type);
}

function binary(symbol: string, left: PlanType, right: PlanType, result: PlanType): Operator | undefined {
  return (
    integerOperator(symbol, left, right, result) ??
    floatOperator(symbol, left, right, result) ??
    decimalOperator(symbol, left, right, result) ??
    temporalOperator(symbol, left, right, result)
  );
}

export function overloadOf(operator: Operator, signature: string): Overload {
  const base = { signature, accepts: () => true, onNull: "null" as const };
  if ("evaluate" in operator) return { ...base, bind: () => operator.evaluate as never };
  return {
    ...base,
    inline: (args: readonly string[], _call: BoundCall) => operator.inline(...args),
    bind: () => {
      throw new TypeError(`${signature} is always inlined`);
    },
  };
}
