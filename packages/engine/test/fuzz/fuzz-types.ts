import type { Value } from "@headgate/engine";
import type { Dice } from "./dice.ts";

/**
 * A type of the grammar: DuckDB's name, with a mark for doubles of which more is known.
 *
 * - `DOUBLE!`, `REAL!`: small multiples of 1/8, NaN and infinities: any order of adding gives the same sum.
 * - `DOUBLE0`: may hold -0, which equals 0 but prints otherwise: only for what cannot tell them apart.
 * - `DOUBLE~`: right up to rounding (a standard deviation): an output column, never an operand.
 */
export type FuzzType = string;

interface ColumnKind {
  /** In CREATE TABLE. */
  readonly declared: string;
  /** In a cast. */
  readonly cast: string;
  /** Few distinct values, so that rows and keys meet. */
  readonly usual: readonly Value[];
  readonly extreme: readonly Value[];
  /** SQL constants. */
  readonly literals: readonly string[];
  /** How often a table has such a column. */
  readonly weight: number;
}

const int = (name: string, weight: number, low: number, high: number): [string, ColumnKind] => [
  name,
  {
    declared: name,
    cast: name,
    usual: low === 0 ? [0, 1, 2, 3, 7] : [-2, 0, 1, 2, 3, 7],
    extreme: [low, high],
    literals: name === "INTEGER" ? ["0", "1", "2", "3", "-2"] : [`CAST(1 AS ${name})`, `CAST(2 AS ${name})`],
    weight,
  },
];
const big = (name: string, weight: number, low: bigint, high: bigint): [string, ColumnKind] => [
  name,
  {
    declared: name,
    cast: name,
    usual: [0n, 1n, 2n, 3n, 7n],
    extreme: [low, high, 9007199254740993n],
    literals: [`CAST(0 AS ${name})`, `CAST(1 AS ${name})`, `CAST(3 AS ${name})`],
    weight,
  },
];
const decimal = (width: number, scale: number): [string, ColumnKind] => {
  const name = `DECIMAL(${width},${scale})`;
  const one = 10n ** BigInt(scale);
  const top = 10n ** BigInt(width) - 1n;
  return [
    name,
    {
      declared: name,
      cast: name,
      usual: [0n, one, 2n * one, one / 2n, -one, one * 3n + 1n],
      extreme: [top, -top],
      literals: [`CAST(1 AS ${name})`, `CAST(2.5 AS ${name})`, `CAST(0 AS ${name})`],
      weight: 2,
    },
  ];
};
const kind = (
  name: string,
  weight: number,
  usual: readonly Value[],
  extreme: readonly Value[],
  literals: readonly string[],
  declared = name,
): [string, ColumnKind] => [name, { declared, cast: plainName(name), usual, extreme, literals, weight }];

const plainName = (name: string): string => (/^(DOUBLE|REAL)/.test(name) ? name.replace(/[!0~]$/, "") : name);
const day = 86_400_000_000n;
const interval = (months: number, days: number, micros: bigint): Value => ({ months, days, micros });

/** Every type that a table's column may have. */
export const columnKinds: ReadonlyMap<FuzzType, ColumnKind> = new Map([
  kind("BOOLEAN", 5, [true, false], [], ["TRUE", "FALSE"]),
  int("TINYINT", 2, -128, 127),
  int("SMALLINT", 2, -32768, 32767),
  int("INTEGER", 14, -2147483648, 2147483647),
  big("BIGINT", 8, -(2n ** 63n), 2n ** 63n - 1n),
  int("UTINYINT", 1, 0, 255),
  int("USMALLINT", 1, 0, 65535),
  int("UINTEGER", 1, 0, 4294967295),
  big("UBIGINT", 2, 0n, 2n ** 64n - 1n),
  kind("REAL!", 2, [0, 0.5, 1, 2.25, -1.5], [NaN, Infinity, -Infinity], ["CAST(0.5 AS REAL)", "CAST(2 AS REAL)"], "REAL"),
  kind("DOUBLE!", 6, [0, 0.5, 1, 2.125, -1.5, 3], [NaN, Infinity, -Infinity], ["CAST(0.5 AS DOUBLE)", "CAST(3 AS DOUBLE)"], "DOUBLE"),
  kind("DOUBLE", 2, [0.1, 0.3, 1, 1e21, 123456.789], [1.7976931348623157e308, 5e-324, NaN], ["CAST(0.1 AS DOUBLE)"], "DOUBLE"),
  kind("DOUBLE0", 1, [0, -0, 1, NaN], [], ["CAST(0 AS DOUBLE)"], "DOUBLE"),
  decimal(4, 1),
  decimal(9, 2),
  decimal(18, 3),
  decimal(38, 6),
  kind("VARCHAR", 12, ["", "a", "b", "ab", "Abc", "x y", "12"], ["2024-02-29", "2024-02-29 12:34:56.7", "1.5e1", "é", "😀z", "a%b_c", "a long text that is not inlined", " 7 ", "\u0000"], [
    "''",
    "'a'",
    "'ab'",
    "'b_%'",
  ]),
  kind("BLOB", 1, [Uint8Array.of(), Uint8Array.of(1), Uint8Array.of(1, 2)], [Uint8Array.of(0, 255)], ["CAST('a' AS BLOB)"], "VARBINARY"),
  kind("UUID", 1, ["00000000-0000-0000-0000-000000000001", "a0000000-0000-0000-0000-000000000002"], ["ffffffff-ffff-ffff-ffff-ffffffffffff"], [
    "CAST('00000000-0000-0000-0000-000000000001' AS UUID)",
  ]),
  kind("DATE", 4, [0, 1, 31, 19782, 19783], [-719162, 2932896], ["DATE '2024-02-29'", "DATE '1970-01-01'"]),
  kind("TIME", 1, [0n, 1n, 3_600_000_000n], [day - 1n], ["TIME '01:00:00'"]),
  kind("TIMESTAMP", 4, [0n, day, 1_700_000_000_000_001n, 1_709_164_800_000_000n], [-62135596800000000n], ["TIMESTAMP '2024-02-29 12:34:56'"]),
  kind("TIMESTAMPTZ", 1, [0n, 1_700_000_000_000_000n], [], ["TIMESTAMPTZ '2024-02-29 12:34:56Z'"], "TIMESTAMP WITH TIME ZONE"),
  kind("INTERVAL", 1, [interval(0, 0, 0n), interval(1, 0, 0n), interval(0, 1, 0n), interval(0, 0, 5n)], [], ["INTERVAL 1 DAY"], "INTERVAL DAY TO SECOND"),
  kind("INTEGER[]", 3, [[], [1], [1, 2, 2], [3, null]], [[null], [2147483647]], ["[1, 2]", "CAST([] AS INTEGER[])"], "INT ARRAY"),
  kind("VARCHAR[]", 2, [[], ["a"], ["a", "b"], [null, "a"]], [[""]], ["['a', 'b']"], "VARCHAR ARRAY"),
  kind("STRUCT(p INTEGER, q VARCHAR)", 2, [[1, "a"], [2, null], [null, null]], [], ["CAST({'p': 1, 'q': 'a'} AS STRUCT(p INTEGER, q VARCHAR))"], "ROW(p INT, q VARCHAR)"),
  kind("MAP(VARCHAR, INTEGER)", 1, [[], [["a", 1]], [["a", 1], ["b", null]]], [], ["MAP {'a': 1}"], "MAP<VARCHAR, INT>"),
  kind("JSON", 1, ['{"a":1}', "[1,2]", '"x"', "null"], [], [`CAST('{"a":1}' AS JSON)`], "VARIANT"),
]); // prettier-ignore

/** The type's name in a cast. */
export const castName = (type: FuzzType): string => columnKinds.get(type)?.cast ?? plainName(type);

/** Whether a value of `have` may stand where `want` is asked for. */
export const suits = (have: FuzzType, want: FuzzType): boolean =>
  have === want ||
  (plainName(have) === plainName(want) && !have.endsWith("~") && !want.endsWith("~") && (have.endsWith("!") || want.endsWith("0")));

/** A random value of a column. */
export function randomValue(dice: Dice, type: FuzzType, extremes: boolean, nulls: number): Value {
  if (dice.chance(nulls)) return null;
  const { usual, extreme } = columnKinds.get(type)!;
  return extremes && extreme.length > 0 && dice.chance(0.15) ? dice.pick(extreme) : dice.pick(usual);
}

/** A constant of the type as SQL. */
export function literal(dice: Dice, type: FuzzType): string {
  if (dice.chance(0.07)) return `CAST(NULL AS ${castName(type)})`;
  return dice.pick(columnKinds.get(type)?.literals ?? [`CAST(1 AS ${castName(type)})`]);
}

/** The constant that shrinking ends with. */
export const simplest = (type: FuzzType): string => columnKinds.get(type)?.literals[0] ?? `CAST(1 AS ${castName(type)})`;
