import { expected } from "@headgate/connector-kit";
import type { ColumnType, Value } from "@headgate/engine";
import { parseDateDays, parseTimestampMs, parseTimeMs } from "./time-text.ts";

/**
 * How a scalar type lies on the line of whole numbers: every whole-number-like type is generated there and converted last.
 * Numbers are `bigint` where the type is wider than JavaScript's exact numbers.
 */
export interface Domain {
  /** Bounds of the type; `below` is exclusive. */
  readonly from: bigint;
  readonly below: bigint;
  /** Where values come from when no range is given. */
  readonly defaultRange: { readonly increment: readonly [bigint, bigint]; readonly random: readonly [bigint, bigint] };
  /** One step of `increment`, in units of the line (a DECIMAL(_, 2) steps by 100). */
  readonly unit: bigint;
  readonly toValue: (position: number) => Value;
  readonly toValueBig: (position: bigint) => Value;
  /** Reads a bound or a listed value. @throws ConnectorError */
  readonly parse: (given: unknown, path: string) => bigint;
}

const int = (from: bigint, below: bigint, wide: boolean, wanted: string): Domain => ({
  from,
  below,
  defaultRange: { increment: [0n, below], random: [from, below] },
  unit: 1n,
  toValue: wide ? (position) => BigInt(position) : (position) => position,
  toValueBig: wide ? (position) => position : (position) => Number(position),
  parse: (given, path) => wholeNumber(given, path, wanted),
});

const ints: Readonly<Record<string, Domain>> = {
  TINYINT: int(-(2n ** 7n), 2n ** 7n, false, "a whole number"),
  SMALLINT: int(-(2n ** 15n), 2n ** 15n, false, "a whole number"),
  INTEGER: int(-(2n ** 31n), 2n ** 31n, false, "a whole number"),
  BIGINT: int(-(2n ** 63n), 2n ** 63n, true, "a whole number"),
  UTINYINT: int(0n, 2n ** 8n, false, "a whole number"),
  USMALLINT: int(0n, 2n ** 16n, false, "a whole number"),
  UINTEGER: int(0n, 2n ** 32n, false, "a whole number"),
  UBIGINT: int(0n, 2n ** 64n, true, "a whole number"),
};

const dayMs = 86_400_000n;
const year2100Ms = 4_102_444_800_000n;
const year2100Days = year2100Ms / dayMs;

interface TimeLine {
  readonly bounds: readonly [bigint, bigint];
  readonly range: readonly [bigint, bigint];
  readonly read: (text: string) => number | undefined;
  readonly wanted: string;
  readonly toValue: (position: number) => Value;
}

const time = ({ bounds, range, read, wanted, toValue }: TimeLine): Domain => ({
  from: bounds[0],
  below: bounds[1],
  defaultRange: { increment: range, random: range },
  unit: 1n,
  toValue,
  toValueBig: (position) => toValue(Number(position)),
  parse: (given, path) => {
    const parsed = typeof given === "string" ? read(given) : given;
    return wholeNumber(parsed ?? given, path, wanted);
  },
});

const date = time({
  bounds: [-719_162n, 2_932_897n],
  range: [0n, year2100Days],
  read: parseDateDays,
  wanted: 'a date ("YYYY-MM-DD") or a number of days since 1970-01-01',
  toValue: (days) => days,
});
const timestamp = time({
  bounds: [-719_162n * dayMs, 2_932_897n * dayMs],
  range: [0n, year2100Ms],
  read: parseTimestampMs,
  wanted: 'a time ("2024-08-28T00:00:00Z") or a number of milliseconds since 1970-01-01T00:00:00Z',
  toValue: (ms) => BigInt(ms) * 1000n,
});
const timeOfDay = time({
  bounds: [0n, dayMs],
  range: [0n, dayMs],
  read: parseTimeMs,
  wanted: 'a time of day ("HH:MM:SS") or a number of milliseconds since midnight',
  toValue: (ms) => BigInt(ms) * 1000n,
});
const interval = (toValue: (position: number) => Value, wanted: string): Domain =>
  time({ bounds: [-(2n ** 31n), 2n ** 31n], range: [0n, 2n ** 31n], read: () => undefined, wanted, toValue });
const months = interval((n) => ({ months: n, days: 0, micros: 0n }), "a number of months");
const milliseconds = interval((ms) => ({ months: 0, days: 0, micros: BigInt(ms) * 1000n }), "a number of milliseconds");
const monthIntervals = new Set(["INTERVAL_YEAR", "INTERVAL_YEAR_MONTH", "INTERVAL_MONTH"]);

/** The line of a whole-number-like type; undefined for the others. */
export function domainOf(columnType: ColumnType): Domain | undefined {
  const { type } = columnType;
  if (type === "DECIMAL") return decimal(columnType.precision ?? 28, columnType.scale ?? 0);
  if (type === "DATE") return date;
  if (type === "TIME") return timeOfDay;
  if (type === "TIMESTAMP" || type === "TIMESTAMP_TZ") return timestamp;
  if (type.startsWith("INTERVAL_")) return monthIntervals.has(type) ? months : milliseconds;
  return ints[type];
}

function decimal(precision: number, scale: number): Domain {
  const below = 10n ** BigInt(precision);
  return {
    from: 1n - below,
    below,
    defaultRange: { increment: [0n, below], random: [1n - below, below] },
    unit: 10n ** BigInt(scale),
    toValue: (position) => BigInt(position),
    toValueBig: (position) => position,
    parse: (given, path) => {
      const unscaled = typeof given === "number" || typeof given === "string" ? parseDecimal(String(given), scale) : undefined;
      if (unscaled === undefined) throw expected(path, "a decimal number", given);
      return unscaled;
    },
  };
}

/** The unscaled value of a decimal number, further digits cut off; undefined if it is none. */
function parseDecimal(text: string, scale: number): bigint | undefined {
  const match = /^([+-]?)(\d+)(?:\.(\d*))?(?:e([+-]?\d{1,3}))?$/i.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = "", fraction = "", exponent = "0"] = match;
  const shift = scale - fraction.length + Number(exponent);
  const digits = BigInt(whole + fraction);
  const magnitude = shift >= 0 ? digits * 10n ** BigInt(shift) : digits / 10n ** BigInt(-shift);
  return sign === "-" ? -magnitude : magnitude;
}

function wholeNumber(given: unknown, path: string, wanted: string): bigint {
  if (typeof given === "number" && Number.isInteger(given)) return BigInt(given);
  // Digits in quotes: whole numbers beyond 2^53 do not survive in JSON otherwise.
  if (typeof given === "string" && /^[+-]?\d{1,40}$/.test(given)) return BigInt(given);
  throw expected(path, wanted, given);
}
