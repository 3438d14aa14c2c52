import { EvaluationError } from "../../expression/evaluation-error.ts";
import type { Overload, ScalarFunction } from "../types.ts";
import { pure, scalar } from "../overload.ts";
import { integerTypes, type IntegerType } from "./integer-types.ts";

/** abs() and sign(). */
export const absoluteFunctions: readonly ScalarFunction[] = [
  scalar(
    ["abs", "@"],
    integerTypes.map(absoluteInteger),
    ["FLOAT", "DOUBLE"].map((id) => pure(`abs(${id})`, Math.abs, (x) => `Math.abs(${x})`)),
    pure("abs(DECIMAL)", (x: bigint) => (x < 0n ? -x : x)),
  ),
  scalar(
    "sign",
    integerTypes.map(({ id, wide }) => pure(`sign(${id})`, wide ? (x: bigint) => (x > 0n ? 1 : x < 0n ? -1 : 0) : signOf)),
    ["FLOAT", "DOUBLE"].map((id) => pure(`sign(${id})`, signOf)),
  ),
];

function signOf(x: number): number {
  return x > 0 ? 1 : x < 0 ? -1 : 0;
}

function absoluteInteger({ id, signed, wide, low }: IntegerType): Overload {
  const signature = `abs(${id})`;
  if (!signed) return pure(signature, (x: number | bigint) => x);
  const overflow = (x: number | bigint): never => {
    throw new EvaluationError(`Overflow on abs(${x})`);
  };
  if (wide) return pure(signature, (x: bigint) => (x === low ? overflow(x) : x < 0n ? -x : x));
  const lowest = Number(low);
  return pure(signature, (x: number) => (x === lowest ? overflow(x) : Math.abs(x)));
}
