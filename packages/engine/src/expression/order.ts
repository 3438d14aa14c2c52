import type { PlanType } from "../plan/types.ts";
import { Unsupported } from "../plan/unsupported.ts";
import type { Interval, Value } from "../types.ts";

/** SQL's order of two values that are not NULL: negative, 0 or positive. */
export type Compare = (a: never, b: never) => number;

/** How values of a type are compared. */
export type OrderKind = "native" | "float" | "text" | "bytes" | "interval" | "nested";

export function orderKind(type: PlanType): OrderKind {
  switch (type.id) {
    case "FLOAT":
    case "DOUBLE":
      return "float";
    case "VARCHAR":
    case "JSON":
      return "text";
    case "BLOB":
      return "bytes";
    case "INTERVAL":
      return "interval";
    case "LIST":
    case "STRUCT":
    case "MAP":
      return "nested";
    default:
      // Numbers, bigints, booleans, and UUIDs, which are ASCII.
      return "native";
  }
}

/** The order of a type. */
export function compareOf(type: PlanType): Compare {
  switch (orderKind(type)) {
    case "native":
      return compareNative as Compare;
    case "float":
      return compareFloats as Compare;
    case "text":
      return compareText as Compare;
    case "bytes":
      return compareBytes as Compare;
    case "interval":
      return compareIntervals as Compare;
    case "nested":
      return compareNested(type);
  }
}

function compareNative(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** NaN is greatest and equal to itself; -0 equals 0. */
function compareFloats(a: number, b: number): number {
  if (a < b) return -1;
  if (a > b) return 1;
  if (a === b) return 0;
  return (Number.isNaN(a) ? 1 : 0) - (Number.isNaN(b) ? 1 : 0);
}

/** By UTF-8 bytes, which is by code point: JavaScript's own order differs where surrogates meet characters above them. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return rank(x) - rank(y);
  }
  return a.length - b.length;
}

/** Surrogates, which stand for code points above all other UTF-16 units, last. */
const rank = (unit: number): number => (unit < 0xd800 ? unit : unit < 0xe000 ? unit + 0x10000 : unit);

export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return a.length - b.length;
}

const microsPerDay = 86_400_000_000n;
const daysPerMonth = 30n;

/** A month counts as 30 days and a day as 24 hours. */
export function compareIntervals(a: Interval, b: Interval): number {
  const [x, y] = [normalizeInterval(a), normalizeInterval(b)];
  return x.months - y.months || x.days - y.days || compareNative(x.micros as never, y.micros as never);
}

/** The same length of time with as many months, then days, as there are in it, as DuckDB's `normalized_interval`. */
export function normalizeInterval({ months, days, micros }: Interval): Interval {
  const extraMonths = BigInt(days) / daysPerMonth;
  let restDays = BigInt(days) - extraMonths * daysPerMonth;
  let allMonths = BigInt(months) + extraMonths;
  const monthsOfMicros = micros / (microsPerDay * daysPerMonth);
  let restMicros = micros - monthsOfMicros * microsPerDay * daysPerMonth;
  allMonths += monthsOfMicros;
  const daysOfMicros = restMicros / microsPerDay;
  restMicros -= daysOfMicros * microsPerDay;
  restDays += daysOfMicros;
  return { months: Number(allMonths), days: Number(restDays), micros: restMicros };
}

/** Element by element; inside a nested value NULL equals NULL and is greatest. */
function compareNested(type: PlanType): Compare {
  const partOf = partsOf(type);
  return ((a: readonly Value[], b: readonly Value[]): number => {
    const length = Math.min(a.length, b.length);
    for (let i = 0; i < length; i++) {
      const difference = partOf(i)(a[i]!, b[i]!);
      if (difference !== 0) return difference;
    }
    return a.length - b.length;
  }) as Compare;
}

type NullableCompare = (a: Value, b: Value) => number;

function partsOf(type: PlanType): (index: number) => NullableCompare {
  if (type.id === "STRUCT") {
    const fields = (type.fields ?? []).map((field) => nullsGreatest(compareOf(field.type)));
    return (index) => fields[index]!;
  }
  if (type.id === "LIST") {
    const element = nullsGreatest(compareOf(type.child!));
    return () => element;
  }
  if (type.id !== "MAP") throw new Unsupported(`comparison of ${type.id}`);
  const entry: PlanType = { id: "STRUCT", fields: [{ name: "key", type: type.key! }, { name: "value", type: type.value! }] }; // prettier-ignore
  const compare = nullsGreatest(compareOf(entry));
  return () => compare;
}

function nullsGreatest(compare: Compare): NullableCompare {
  return (a, b) => (a === null ? (b === null ? 0 : 1) : b === null ? -1 : compare(a as never, b as never));
}
