import { EvaluationError } from "../../expression/evaluation-error.ts";
import type { Overload, ScalarFunction } from "../types.ts";
import { pure, scalar } from "../overload.ts";
import { integerTypes, type IntegerType } from "./integer-types.ts";

const types = integerTypes.filter((type) => type.id !== "HUGEINT");

/** Operators on bits. */
export const bitFunctions: readonly ScalarFunction[] = [
  scalar(
    "&",
    types.map((type) => binary("&", type, (a, b) => a & b)),
  ),
  scalar(
    "|",
    types.map((type) => binary("|", type, (a, b) => a | b)),
  ),
  scalar(
    "xor",
    types.map((type) => binary("xor", type, (a, b) => a ^ b)),
  ),
  scalar(
    "~",
    types.map((type) => pure(`~(${type.id})`, (x: number | bigint) => from(type, type.signed ? ~BigInt(x) : BigInt(x) ^ type.high))),
  ),
  scalar(
    "<<",
    types.map((type) => binary("<<", type, (x, by) => shiftLeft(type, x, by))),
  ),
  scalar(
    ">>",
    types.map((type) => binary(">>", type, (x, by) => (by < 0n || by >= BigInt(type.bits) ? 0n : x >> by))),
  ),
];

function from({ wide }: IntegerType, value: bigint): number | bigint {
  return wide ? value : Number(value);
}

function binary(name: string, type: IntegerType, apply: (a: bigint, b: bigint) => bigint): Overload {
  return pure(`${name}(${type.id}, ${type.id})`, (a: number | bigint, b: number | bigint) => from(type, apply(BigInt(a), BigInt(b))));
}

function shiftLeft({ bits, high }: IntegerType, x: bigint, by: bigint): bigint {
  if (x < 0n) throw new EvaluationError(`Cannot left-shift negative number ${x}`);
  if (by < 0n) throw new EvaluationError(`Cannot left-shift by negative number ${by}`);
  if (by >= BigInt(bits)) {
    if (x === 0n) return 0n;
    throw new EvaluationError(`Left-shift value ${by} is out of range`);
  }
  const shifted = x << by;
  if (shifted > high) throw new EvaluationError(`Overflow in left shift (${x} << ${by})`);
  return shifted;
}
