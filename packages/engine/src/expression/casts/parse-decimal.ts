import type { PlanType } from "../../plan/types.ts";
import { decimalMax } from "../number-types.ts";
import { matchInteger } from "./parse-casts.ts";

/**
 * A DECIMAL from text as DuckDB reads it, digit by digit into an integer of 16, 32, 64 or 128 bits. Half a unit is rounded away from
 * zero by the first digit that is too many. With a power of ten the digits have to fit before it is applied, and some get lost.
 */
export function decimalParser({ width = 18, scale = 0 }: PlanType): (text: string) => bigint | undefined {
  const storage = storages.find(({ digits }) => width <= digits)!;
  const limits: Limits = { ...storage, whole: width - scale, scale, max: decimalMax(width) };
  return (text) => {
    const match = matchInteger(text);
    if (match === undefined) return undefined;
    const { negative, whole, fraction, power } = match;
    const magnitude = readDigits(whole.replace(/^0+/, ""), fraction, power, limits);
    return magnitude === undefined ? undefined : negative ? -magnitude : magnitude;
  };
}

const storages = [
  { digits: 4, bits: 16 },
  { digits: 9, bits: 32 },
  { digits: 18, bits: 64 },
  { digits: 38, bits: 128 },
] as const;

interface Limits {
  /** Of the integer that holds the value. */
  readonly digits: number;
  readonly bits: number;
  /** Digits before the point. */
  readonly whole: number;
  readonly scale: number;
  readonly max: bigint;
}

function readDigits(whole: string, fraction: string, power: number, limits: Limits): bigint | undefined {
  const { scale, max } = limits;
  if (whole.length > limits.whole) return undefined;
  const kept = fraction.slice(0, Math.max(0, limits.digits - whole.length));
  const excess = Math.max(0, kept.length - scale);
  const cut = power > 0 ? Math.max(0, excess - power) : excess;
  let value = BigInt(whole + kept.slice(0, kept.length - cut) || "0");
  const places = kept.length - cut;
  if (power > 0 ? isHalf(kept, places) && cut > 0 : power === 0 && isHalf(fraction, scale)) value += 1n;
  if (places < scale) value *= 10n ** BigInt(scale - places);
  if (value > max) return undefined;
  if (power < 0) return shiftDown(value, -power);
  return shiftUp(value, power - Math.min(power, excess), whole.length, limits);
}

const isHalf = (digits: string, place: number): boolean => (digits[place] ?? "0") >= "5";

/** Rounds by the last digit that went; nothing is looked at once nothing is left. */
function shiftDown(value: bigint, places: number): bigint {
  let left = value;
  let roundUp = false;
  for (let i = 0; i < places; i++) {
    roundUp = left % 10n >= 5n;
    left /= 10n;
    if (left === 0n) break;
  }
  return roundUp ? left + 1n : left;
}

/** Only the digits that stood before the point, and those that come now, are counted. */
function shiftUp(value: bigint, places: number, digits: number, limits: Limits): bigint | undefined {
  if (value === 0n) return value;
  if (digits + places > limits.whole) return undefined;
  const shifted = value * 10n ** BigInt(places);
  return BigInt.asIntN(limits.bits, shifted) === shifted ? shifted : undefined;
}
