import { duckdbTypeSql } from "../../src/duckdb/column-type.ts";
import type { PlanType, PlanTypeId } from "../../src/plan/types.ts";
import type { ColumnType, Interval, SqlTypeName, Value } from "../../src/types.ts";

export interface Random {
  /** In [0, 1). */
  next(): number;
  below(limit: number): number;
  pick<T>(items: readonly T[]): T;
}

/** Where a function's argument gets its values from: extreme ones, and random ones. */
export interface Argument {
  readonly plan: PlanType;
  readonly column: ColumnType;
  readonly draw: (random: Random) => Value;
  /** The argument in SQL, over its column. */
  readonly sql: (column: string) => string;
}
interface Fixed extends Argument {
  readonly value: Value;
}
export const isFixed = (argument: Argument): argument is Fixed => "value" in argument;

/** The plan's type for a column. */
export function planType(type: ColumnType): PlanType {
  switch (type.type) {
    case "DECIMAL":
      return { id: "DECIMAL", width: type.precision!, scale: type.scale! };
    case "ARRAY":
      return { id: "LIST", child: planType(type.component!) };
    case "STRUCT":
      return { id: "STRUCT", fields: type.fields!.map((field) => ({ name: field.name, type: planType(field.columnType) })) };
    case "MAP":
      return { id: "MAP", key: planType(type.key!), value: planType(type.value!) };
    default:
      return { id: ids[type.type] ?? (type.type.startsWith("INTERVAL") ? "INTERVAL" : (type.type as PlanTypeId)) };
  }
}
const ids: Partial<Record<SqlTypeName, PlanTypeId>> = {
  REAL: "FLOAT",
  CHAR: "VARCHAR",
  VARBINARY: "BLOB",
  BINARY: "BLOB",
  VARIANT: "JSON",
};

/** Draws an extreme value or NULL half of the time, else a random one. */
export function argument(
  column: ColumnType,
  extremes: readonly Value[],
  random: (random: Random) => Value = (r) => r.pick(extremes),
): Argument {
  const pool = [null, ...extremes];
  return { column, plan: planType(column), sql: (name) => name, draw: (r) => (r.below(2) === 0 ? r.pick(pool) : random(r)) };
}

/** Only these values, and NULL. */
export const oneOf = (column: ColumnType, ...values: readonly Value[]): Argument => argument(column, values);

/** The same value in each row, as a constant of the query. */
export function fixed(column: ColumnType, value: Value): Fixed {
  const sql = value === null ? `NULL::${duckdbTypeSql(column)}` : constantSql(column, value);
  return { column, plan: planType(column), sql: () => sql, draw: () => value, value };
}
function constantSql(column: ColumnType, value: Value): string {
  if (column.type === "TIMESTAMP" || column.type === "TIMESTAMP_TZ") return `make_timestamp(${String(value as bigint)})::${duckdbTypeSql(column)}`;
  const text = typeof value === "object" ? interval(value as Interval) : `'${String(value).replaceAll("'", "''")}'`;
  return `${text}::${duckdbTypeSql(column)}`;
} // prettier-ignore
const interval = ({ months, days, micros }: Interval): string => `'${months} months ${days} days ${micros} microseconds'`;

const type = (name: SqlTypeName): ColumnType => ({ type: name, nullable: true });
export const varchar: ColumnType = { type: "VARCHAR", nullable: true, precision: -1 };
export const bigintType = type("BIGINT");
export const integerType = type("INTEGER");

const words = [
  "", " ", "a", "A", "abc", "ABC", "aaa", "abcabc", "a%b_c", "%", "_", "\\", "é", "e\u0301", "ß", "İI", "ǅ", "Σας", "😀", "a😀b", "😀😀", "👨‍👩‍👧",
  "日本語", "\u00a0x\u2003", "\t\n x \r", "\ufffd\uffff", "\u{10ffff}z", "fi", "-1.5", "a,b,,c", ",", "x".repeat(40), "$.a", "\u200b", "a\0b", "\0", "ab😀", "naïve café",
]; // prettier-ignore
const alphabet = [..."aabbcAB,%_ .-\\é", "😀", "\u0301", "日", "ß", " "];
export const randomText = (r: Random): string => Array.from({ length: r.below(12) }, () => r.pick(alphabet)).join("");
/** Any text. */
export const text = argument(varchar, words, randomText);
/** Short text, likely to be found in other text. */
export const part = argument(
  varchar,
  ["", "a", "b", "ab", ",", "😀", "é", "\u0301", "bc", " ", "日", "A"],
  (r) => randomText(r).slice(0, 0) + r.pick(alphabet),
);

const ranges: Partial<Record<SqlTypeName, readonly [bigint, bigint]>> = {
  TINYINT: [-128n, 127n],
  SMALLINT: [-32768n, 32767n],
  INTEGER: [-2147483648n, 2147483647n],
  BIGINT: [-(2n ** 63n), 2n ** 63n - 1n],
  UTINYINT: [0n, 255n],
  USMALLINT: [0n, 65535n],
  UINTEGER: [0n, 4294967295n],
  UBIGINT: [0n, 2n ** 64n - 1n],
};
export const integerTypes = ["TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT"] as const;
const isWide = (name: SqlTypeName): boolean => name === "BIGINT" || name === "UBIGINT";

/** Integers of a type: its ends, small ones and any. */
export function integer(name: SqlTypeName): Argument {
  const [low, high] = ranges[name]!;
  const convert = isWide(name) ? (value: bigint): Value => value : Number;
  const all = [low, low + 1n, high, high - 1n, 0n, 1n, 2n, 3n, 5n, 7n, 10n, 100n, -1n, -2n, -5n, -10n].filter(
    (value) => value >= low && value <= high,
  );
  return argument(type(name), all.map(convert), (r) => convert(randomBigint(r, low, high)));
}
/** Uniform in size rather than in value. */
export function randomBigint(r: Random, low: bigint, high: bigint): bigint {
  const limit = high > -low ? high : -low;
  const size = 2n ** BigInt(r.below(limit.toString(2).length + 1));
  const value = (BigInt(Math.floor(r.next() * 2 ** 53)) * size) / 2n ** 53n;
  const signed = r.below(2) === 0 ? value : -value;
  return signed < low || signed > high ? r.pick([low, high, 0n < low ? low : 0n]) : signed;
}
/** Small BIGINTs around zero, and its ends. */
export const smallBigint = argument(
  bigintType,
  [-(2n ** 63n), 2n ** 63n - 1n, 0n, 1n, 2n, -1n, -2n, 4294967295n, 4294967296n, -4294967295n, -4294967296n],
  (r) => BigInt(r.below(16) - 6),
);
export const smallInteger = argument(integerType, [-2147483648, 0, 1, 2, -1, 3, 10], (r) => r.below(24) - 6);

const doubles = [
  NaN, Infinity, -Infinity, 0, -0, 1, -1, 0.5, -0.5, 1.5, 2.5, -2.5, 0.1, -0.1, 1e308, -1e308, 5e-324, -5e-324, 2 ** 53, 2 ** 53 + 2, -(2 ** 63), 2 ** 63,
  2 ** 64, 1e15, 123456789.987654321, 0.49999999999999994, 4503599627370495.5, 2.675, 1.005, 1e22, Number.MAX_VALUE, Math.PI, 100, 1000, 1e-7,
]; // prettier-ignore
const bits = new DataView(new ArrayBuffer(8));
function randomDouble(r: Random): number {
  if (r.below(2) === 0) return (r.next() - 0.5) * 10 ** r.below(18);
  bits.setUint32(0, r.below(2 ** 32));
  bits.setUint32(4, r.below(2 ** 32));
  return bits.getFloat64(0);
}
export const double = argument(type("DOUBLE"), doubles, randomDouble);
export const float = argument(type("REAL"), doubles.map(Math.fround), (r) => Math.fround(randomDouble(r)));
/** DECIMALs of a width and scale. */
export function decimal(precision: number, scale: number): Argument {
  const high = 10n ** BigInt(precision) - 1n;
  const one = 10n ** BigInt(scale);
  const extremes = [high, -high, 0n, 1n, -1n, one, -one, one / 2n, -one / 2n, one + one / 2n, 25n, -25n, 15n, 149n, 150n, -150n, -149n];
  return argument(
    { type: "DECIMAL", nullable: true, precision, scale },
    extremes.filter((value) => value <= high && value >= -high),
    (r) => randomBigint(r, -high, high),
  );
}
/** HUGEINT, which no column has: from a DECIMAL of 38 digits. */
export const hugeint: Argument = { ...decimal(38, 0), plan: { id: "HUGEINT" }, sql: (name) => `${name}::HUGEINT` };

/** Byte strings. */
export const blob = argument(
  type("VARBINARY"),
  [[], [0], [255], [0, 1, 2], [0xc3, 0x28], [65, 66, 67]].map((bytes) => Uint8Array.from(bytes)),
  (r) => Uint8Array.from({ length: r.below(20) }, () => r.below(256)),
);

const day = 86_400_000_000n;
const dates = [
  0, 1, -1, 2147483647, -2147483647, 2147483646, -2147483646, 19782, 19783, 11016, 10957, -719162, -719163, -719528, -719529, -719893, 59, 60, 2932896, 2932897, 364, 365,
  -141428, 19722, 19723, 18992, 18993, -99999999, 99999999, 47541, 47542,
]; // prettier-ignore
/** DATEs: infinite ones, the ends of the type, leap days, years before Christ. */
export const date = argument(type("DATE"), dates, (r) =>
  r.below(3) === 0 ? r.below(2_000_000_000) - 1_000_000_000 : r.below(80_000) - 30_000,
);
const timestamps = [
  0n, 1n, -1n, 2n ** 63n - 1n, -(2n ** 63n) + 1n, 2n ** 63n - 2n, -9223372022400000000n, day, -day, day - 1n, 1709164800000000n, 1709251199999999n, 951782400123456n,
  -62135596800000000n, -62135596800000001n, -62167219200000000n, -62167219200000001n, 253402300799999999n, 253402300800000000n, 1704067199999999n, 9007199254740993n,
  -9007199254740993n, 1704067200000000n, 1640995200000000n, 1640908800000000n, 500000n, 499999n, -500000n,
]; // prettier-ignore
const randomMicros = (r: Random): bigint =>
  r.below(3) === 0
    ? randomBigint(r, -9223372022400000000n, 2n ** 63n - 2n)
    : BigInt(r.below(80_000) - 30_000) * day + BigInt(Math.floor(r.next() * 86_400_000_000));
/** TIMESTAMPs: infinite ones, the ends of the type, before Christ, ends of days and years. */
export const timestamp = argument(type("TIMESTAMP"), timestamps, randomMicros);
export const timestampTz = argument(type("TIMESTAMP_TZ"), timestamps, randomMicros);
/** TIMEs, with the last moment that DuckDB takes. */
export const time = argument(type("TIME"), [0n, 1n, 86_400_000_000n, 86_399_999_999n, 43_200_000_000n, 59_999_999n], (r) =>
  BigInt(Math.floor(r.next() * 86_400_000_000)),
);
const intervals: Interval[] = [
  { months: 0, days: 0, micros: 0n },
  { months: 13, days: 40, micros: 90_061_000_001n },
  { months: -13, days: -40, micros: -90_061_000_001n },
  { months: 2147483647, days: 2147483647, micros: 2n ** 63n - 1n },
  { months: -2147483648, days: -2147483648, micros: -(2n ** 63n) },
];
/** INTERVALs. */
export const intervalArgument = argument({ type: "INTERVAL_DAY_SECOND", nullable: true }, intervals, (r) => ({
  months: r.below(40_000) - 20_000,
  days: r.below(1000) - 500,
  micros: randomBigint(r, -(2n ** 62n), 2n ** 62n),
}));

/** Lists of another argument's values, NULLs among them; an item of the same argument is likely to be inside. */
export function listOf(item: Argument): Argument {
  const column: ColumnType = { type: "ARRAY", nullable: true, component: item.column };
  return argument(column, [[], [null], [null, null]], (r) => Array.from({ length: r.below(6) }, () => item.draw(r)));
}
/** Structs of these fields. */
export function structOf(fields: Readonly<Record<string, Argument>>): Argument {
  const items = Object.entries(fields);
  const column: ColumnType = {
    type: "STRUCT",
    nullable: true,
    fields: items.map(([name, item]) => ({ name, caseSensitive: false, columnType: item.column, unused: false })),
  };
  return argument(column, [items.map(() => null)], (r) => items.map(([, item]) => item.draw(r)));
}
/** Maps with distinct keys that are not NULL. */
export function mapOf(key: Argument, item: Argument): Argument {
  const column: ColumnType = { type: "MAP", nullable: true, key: key.column, value: item.column };
  const keys = (r: Random): Value[] =>
    [...new Set(Array.from({ length: r.below(6) }, () => key.draw(r)))].filter((value) => value !== null);
  return argument(column, [[]], (r) => keys(r).map((name) => [name, item.draw(r)]));
}
