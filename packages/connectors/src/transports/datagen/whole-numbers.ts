import { configError } from "@headgate/connector-kit";
import type { Value } from "@headgate/engine";
import type { FieldSettings } from "./config.ts";
import type { Domain } from "./domain.ts";
import type { Random } from "./random.ts";
import { zipf } from "./zipf.ts";

/** Makes the value of one row; `index` counts the rows of the plan from 0 (or the elements of an array). */
export type Generate = (index: number) => Value;

/** Generates a type that lies on the line of whole numbers. */
export function wholeNumbers(settings: FieldSettings, domain: Domain, path: string, random: Random): Generate {
  const [from, below] = rangeOf(settings, domain, path);
  if (settings.strategy === "increment") return increment(from, below, scaleOf(settings, domain.unit, path), domain);
  if (settings.strategy === "uniform") return uniform(from, below, settings.scale, domain, path, random);
  const rank = zipf(Number(below - from), settings.e, random);
  return () => domain.toValueBig(from + BigInt(rank() - 1));
}

function rangeOf(settings: FieldSettings, domain: Domain, path: string): readonly [bigint, bigint] {
  if (settings.range === undefined) return settings.strategy === "increment" ? domain.defaultRange.increment : domain.defaultRange.random;
  const [from, below] = settings.range.map((bound, i) => domain.parse(bound, `${path}.range[${i}]`)) as [bigint, bigint];
  if (from >= below) throw configError(`${path}.range`, "is empty: its first bound must be less than its second, which is not in it");
  if (from < domain.from || below > domain.below) {
    throw configError(`${path}.range`, `does not fit the column's type, whose values go from ${domain.from} to ${domain.below - 1n}`);
  }
  return [from, below];
}

/** A step of `increment` on the line. */
function scaleOf(settings: FieldSettings, unit: bigint, path: string): bigint {
  const step = settings.scale * Number(unit);
  if (!Number.isInteger(step))
    throw configError(`${path}.scale`, `must be a whole number for this column's type, but is ${settings.scale}`);
  return Number.isSafeInteger(step) ? BigInt(step) : BigInt(settings.scale) * unit;
}

function increment(from: bigint, below: bigint, step: bigint, domain: Domain): Generate {
  const size = below - from;
  // A step of less than the range, and not negative, leads to the same places.
  const forward = ((step % size) + size) % size;
  const sizeSafe = size <= maxSafe;
  const [start, wrap] = [Number(from), Number(size)];
  // Infinity sends what cannot be counted exactly in numbers to the slow, exact way below.
  const stride = forward <= maxSafe && magnitude(from) <= maxSafe ? Number(forward) : Infinity;
  return (index) => {
    const distance = index * stride;
    if (distance <= Number.MAX_SAFE_INTEGER) {
      const position = start + (sizeSafe && distance >= wrap ? distance % wrap : distance);
      if (Number.isSafeInteger(position)) return domain.toValue(position);
    }
    return domain.toValueBig(from + ((BigInt(index) * forward) % size));
  };
}

function uniform(from: bigint, below: bigint, scale: number, domain: Domain, path: string, random: Random): Generate {
  const size = below - from;
  const scaled = scaler(scale);
  for (const end of [from, below - 1n]) {
    const value = scaled(end);
    if (value < domain.from || value >= domain.below) {
      throw configError(`${path}.scale`, "takes values of the range out of the column's type; give a smaller range or scale");
    }
  }
  if (scale !== 1) return () => domain.toValueBig(scaled(from + random.belowBig(size)));
  if (size > maxSafe || magnitude(from) > maxSafe || magnitude(below) > maxSafe) {
    return () => domain.toValueBig(from + random.belowBig(size));
  }
  const [start, width] = [Number(from), Number(size)];
  return () => domain.toValue(start + random.below(width));
}

function scaler(scale: number): (position: bigint) => bigint {
  if (Number.isSafeInteger(scale)) {
    const factor = BigInt(scale);
    return (position) => position * factor;
  }
  return (position) => BigInt(Math.trunc(Number(position) * scale));
}

const maxSafe = BigInt(Number.MAX_SAFE_INTEGER);
const magnitude = (n: bigint): bigint => (n < 0n ? -n : n);
