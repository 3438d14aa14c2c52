import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { openBench, type Bench } from "./agree.ts";
import { pairs, samples } from "./samples.ts";

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

const comparisons = ["a = b", "a <> b", "a < b", "a <= b", "a > b", "a >= b", "a IS DISTINCT FROM b", "a IS NOT DISTINCT FROM b"];

test.each(Object.keys(samples))("values of %s are compared as DuckDB does", async (type) => {
  const more = ["a IN (b)", "a NOT IN (b, NULL)", "a BETWEEN b AND b", "NOT (a < b)", "NULLIF(a, b)", "COALESCE(a, b)"];
  const trues = [...comparisons, "a IS NULL", "b IS NOT NULL"].map((condition) => `CASE WHEN ${condition} THEN 1 ELSE 0 END`);
  expect(await bench.differences([type, type], pairs(type, type), [...comparisons, ...more, ...trues])).toEqual([]);
});

const nested: Readonly<Record<string, readonly string[]>> = {
  "INTEGER[]": ["[]", "[1]", "[1, 2]", "[NULL]", "[1, NULL]", "[2]", "NULL"],
  "DOUBLE[]": ["['nan'::DOUBLE]", "['-0'::DOUBLE]", "[0.0]", "[1.5, 'inf'::DOUBLE]", "NULL"],
  "VARCHAR[]": ["['\uffee']", "['\u{1f600}']", "['a', 'b']", "['ab']", "NULL"],
  "STRUCT(x INTEGER, y VARCHAR)": ["{'x': 1, 'y': 'a'}", "{'x': 1, 'y': NULL}", "{'x': NULL, 'y': 'a'}", "{'x': 2, 'y': ''}", "NULL"],
  "STRUCT(x INTEGER[], y STRUCT(z INTERVAL))[]": ["[{'x': [1], 'y': {'z': INTERVAL 1 MONTH}}]", "[{'x': [1], 'y': {'z': INTERVAL 30 DAY}}]", "[NULL]", "[{'x': NULL, 'y': NULL}]", "NULL"],
  "MAP(VARCHAR, INTEGER)": ["MAP {'a': 1}", "MAP {'a': 2}", "MAP {'a': NULL}", "MAP {}", "MAP {'b': 1, 'a': 2}", "NULL"],
}; // prettier-ignore

test.each(Object.keys(nested))("nested values of %s are compared as DuckDB does", async (type) => {
  const rows = nested[type]!.flatMap((a) => nested[type]!.map((b) => [`(${a})::${type}`, `(${b})::${type}`]));
  expect(await bench.differences([type, type], rows, comparisons)).toEqual([]);
});

test("AND, OR, NOT, IN and CASE have three values as in DuckDB", async () => {
  const expressions = [
    "a AND b", "a OR b", "NOT a", "a AND b AND c", "a OR b OR c", "NOT (a AND b) OR c", "(a OR b) AND (b OR c)",
    "a IN (b, c)", "a NOT IN (b, c)", "a IS NULL AND b", "CASE WHEN a THEN b WHEN b THEN c END", "CASE WHEN a AND b OR c THEN 1 ELSE 2 END",
    "CASE WHEN NOT (a OR b AND c) THEN 1 WHEN c IS NOT NULL THEN 2 END", "COALESCE(a, b, c, true)", "a = b AND b = c", "(a = b) IS NULL",
    "CASE WHEN COALESCE(a, b) AND (c OR CASE WHEN b THEN a ELSE c END) THEN 1 ELSE 0 END", "IF(a, b, c)", "a IS NOT DISTINCT FROM NULL",
  ]; // prettier-ignore
  const values = samples["BOOLEAN"]!;
  const rows = values.flatMap((a) => values.flatMap((b) => values.map((c) => [a, b, c])));
  expect(await bench.differences(["BOOLEAN", "BOOLEAN", "BOOLEAN"], rows, expressions)).toEqual([]);
});

test("lists of constants are searched as DuckDB does", async () => {
  const lists: Readonly<Record<string, string>> = {
    INTEGER: "1, 2, 3, 7, -7", BIGINT: "1, 3, 9007199254740993, 5", VARCHAR: "'a', 'b', 'z', ''", DOUBLE: "'nan', 0, 1.5, 'inf'",
    "DECIMAL(18,3)": "0.5, 0.999, 1, 0", DATE: "'1970-01-01', '2024-02-29', 'infinity', '0001-01-01'", BLOB: "'a', 'ab', '', 'x'",
  }; // prettier-ignore
  for (const [type, list] of Object.entries(lists)) {
    const rows = samples[type]!.map((a) => [`(${a})::${type}`]);
    const conditions = [`a IN (${list})`, `a NOT IN (${list})`, `a IN (${list}, NULL)`, `a NOT IN (${list}, NULL)`];
    expect(await bench.differences([type], rows, conditions)).toEqual([]);
  }
});

test("a constant keeps its sign and its kind beside others of equal value", async () => {
  expect(
    await bench.differences(["DOUBLE"], [["1"], ["-1"], ["NULL"]], ["[a, 0::DOUBLE, '-0'::DOUBLE]", "a * '-0'::DOUBLE + a * 0::DOUBLE"]),
  ).toEqual([]);
});
