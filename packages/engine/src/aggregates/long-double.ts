import { bitLength, divide, shiftHalfEven } from "./binary.ts";

/**
 * Digits of C's `long double` where this process runs, and so of DuckDB's averages: x87 on 64-bit Intel, the plain double of
 * Windows and of macOS on ARM, IEEE's 128 bits elsewhere.
 */
const bits = process.platform === "win32" ? 53 : process.arch === "x64" ? 64 : process.platform === "darwin" ? 53 : 113;

const word = 2n ** 64n;

/** A HUGEINT divided by a positive integer as DuckDB does it: both as `long double`, then rounded to a double. */
export function divideHugeint(dividend: bigint, divisor: bigint): number {
  return divide(fromHugeint(dividend), round(divisor), bits);
}

/**
 * Quotients of integers below 2^53 whose divisor has few digits: they are too far from the middle between two doubles for the
 * detour over `long double` to matter.
 */
export function dividesDirectly(dividend: number, divisor: number): boolean {
  return divisor <= 1024 && dividend < 2 ** 53 && dividend > -(2 ** 53);
}

/** DuckDB's conversion of a HUGEINT to `long double`, which takes a word as 2^64 - 1. */
function fromHugeint(value: bigint): bigint {
  const upper = value >> 64n;
  const lower = BigInt.asUintN(64, value);
  if (upper === -1n) return -round(round(word - 1n - lower) + 1n);
  return round(round(lower) + round(round(upper) * round(word - 1n)));
}

function round(value: bigint): bigint {
  const magnitude = value < 0n ? -value : value;
  const excess = Math.max(0, bitLength(magnitude) - bits);
  const rounded = shiftHalfEven(magnitude, excess) << BigInt(excess);
  return value < 0n ? -rounded : rounded;
}
