import { EvaluationError } from "../../expression/evaluation-error.ts";
import type { Overload, ScalarFunction } from "../types.ts";
import { pure, scalar } from "../overload.ts";
import { absoluteFunctions } from "./absolute.ts";
import { bitFunctions } from "./bits.ts";
import { extremeFunctions } from "./extremes.ts";
import { integerTypes, type IntegerType } from "./integer-types.ts";
import { roundFunctions } from "./round.ts";

const floating = ["FLOAT", "DOUBLE"] as const;

/**
 * Functions of numbers. Logarithms, exponentials, powers and trigonometry are left out: V8 and the C library that DuckDB is
 * linked with differ in the last bit.
 */
export const numberFunctions: readonly ScalarFunction[] = [
  ...absoluteFunctions,
  ...roundFunctions,
  ...bitFunctions,
  ...extremeFunctions,
  scalar("sqrt", pure("sqrt(DOUBLE)", squareRoot)),
  scalar(
    "degrees",
    pure("degrees(DOUBLE)", (x: number) => x * (180 / Math.PI)),
  ),
  scalar(
    "radians",
    pure("radians(DOUBLE)", (x: number) => x * (Math.PI / 180)),
  ),
  scalar(
    "mod",
    floating.map((id) => pure(`mod(${id}, ${id})`, (a: number, b: number) => a % b)),
    integerTypes.map(remainder),
  ),
  scalar(
    "isnan",
    floating.map((id) => pure(`isnan(${id})`, Number.isNaN, (x) => `Number.isNaN(${x})`)),
  ),
  scalar(
    "isinf",
    floating.map((id) => pure(`isinf(${id})`, (x: number) => x === Infinity || x === -Infinity)),
  ),
  scalar(
    "isfinite",
    floating.map((id) => pure(`isfinite(${id})`, Number.isFinite, (x) => `Number.isFinite(${x})`)),
  ),
];

function squareRoot(x: number): number {
  if (x < 0) throw new EvaluationError("cannot take square root of a negative number");
  return Math.sqrt(x);
}

/** By zero it is NULL; never -0. */
function remainder({ id, wide, signed, low }: IntegerType): Overload {
  const overflow = (): never => {
    throw new EvaluationError("Overflow in division of the lowest value by -1");
  };
  const signature = `mod(${id}, ${id})`;
  if (wide) return pure(signature, (a: bigint, b: bigint) => (b === 0n ? null : signed && b === -1n && a === low ? overflow() : a % b));
  const lowest = Number(low);
  return pure(signature, (a: number, b: number) => (b === 0 ? null : signed && b === -1 && a === lowest ? overflow() : (a % b) + 0));
}
