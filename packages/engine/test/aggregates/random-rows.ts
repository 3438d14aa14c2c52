import type { Row, Value } from "../../src/types.ts";
import type { Dice } from "./dice.ts";

const generators: readonly ((dice: Dice) => Value)[] = [
  (dice) => dice.below(4),
  (dice) => (dice.chance(0.1) ? dice.pick([2147483647, -2147483648]) : dice.below(10) - 3),
  (dice) => (dice.chance(0.1) ? dice.pick([2n ** 63n - 1n, -(2n ** 63n), 9007199254740993n]) : BigInt(dice.below(12) - 4)),
  (dice) => BigInt(dice.below(2000) - 700),
  (dice) => BigInt(dice.below(200) - 70),
  // Sums of these are exact, in any order.
  (dice) => (dice.chance(0.05) ? dice.pick([Infinity, -Infinity, NaN, -0, 0]) : (dice.below(64) - 20) / 8),
  (dice) => (dice.below(64) - 20) / 4,
  (dice) => dice.pick(["a", "b", "", "é", "zz", "😀", "Z", "\uFFFF"]),
  (dice) => dice.chance(0.5),
  (dice) => dice.below(300) - 100,
  (dice) => BigInt(dice.below(400) - 100) * 14_400_000_001n,
];

/** A row of the bench's table: few values, so that rows meet, with NULLs and extremes. */
export function randomRow(dice: Dice): Row {
  return generators.map((generate) => (dice.chance(0.1) ? null : generate(dice)));
}

/** The row as a row of VALUES. */
export function rowSql(row: Row): string {
  return `(${row.map((value, i) => valueSql(value, i)).join(", ")})`;
}

function valueSql(value: Value, column: number): string {
  if (value === null) return "NULL";
  if (typeof value === "string") return `'${value}'`;
  if (column === 3) return `(${String(value)}::DECIMAL(18,0) / 100)::DECIMAL(10,2)`;
  if (column === 4) return `(${String(value)}::DECIMAL(18,0) / 10)::DECIMAL(4,1)`;
  if (column === 10) return `make_timestamp(${String(value)}::BIGINT)`;
  return typeof value === "number" ? `'${Object.is(value, -0) ? "-0.0" : value}'::DOUBLE` : String(value);
}
