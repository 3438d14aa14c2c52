import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { openBench, type Bench } from "./agree.ts";
import { pairs } from "./samples.ts";

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

const integers = ["TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT"];
const unsigned = ["UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT"];
const all = ["a + b", "a - b", "a * b", "a // b", "a % b"];

const cases: readonly (readonly [left: string, right: string, expressions: readonly string[]])[] = [
  ...integers.map((type) => [type, type, [...all, "-a", "+a"]] as const),
  ...unsigned.map((type) => [type, type, all] as const),
  ["DOUBLE", "DOUBLE", ["a + b", "a - b", "a * b", "a / b", "a % b", "-a"]],
  ["FLOAT", "FLOAT", ["a + b", "a - b", "a * b", "a / b", "-a"]],
  ["INTEGER", "BIGINT", [...all, "a / b"]],
  ["INTEGER", "DOUBLE", ["a + b", "a * b", "a / b"]],
  ["DECIMAL(4,1)", "DECIMAL(18,3)", ["a + b", "a - b", "a * b", "-a", "a + 1", "2 * b", "a % b", "b % a", "b % 2"]],
  ["DECIMAL(18,3)", "DECIMAL(18,3)", ["a + b", "a - b", "a * b", "a % b"]],
  ["DECIMAL(38,10)", "DECIMAL(38,10)", ["a + b", "a - b", "a * b", "a % b"]],
  ["DECIMAL(9,0)", "INTEGER", ["a + b", "a - b", "a * b"]],
  ["DATE", "INTEGER", ["a + b", "b + a", "a - b"]],
  ["DATE", "DATE", ["a - b"]],
  ["DATE", "INTERVAL", ["a + b", "b + a", "a - b"]],
  ["TIMESTAMP", "INTERVAL", ["a + b", "b + a", "a - b"]],
  ["TIMESTAMPTZ", "INTERVAL", ["a + b", "b + a", "a - b"]],
  ["TIMESTAMP", "TIMESTAMP", ["a - b"]],
  ["INTERVAL", "INTERVAL", ["a + b", "a - b"]],
];

test.each(cases)("%s with %s is calculated as DuckDB does", async (left, right, expressions) => {
  expect(await bench.differences([left, right], pairs(left, right), expressions)).toEqual([]);
});
