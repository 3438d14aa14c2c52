import { describe, expect, test } from "@jest/globals";
import type { ColumnType, QueryRows, Row, Value } from "@headgate/engine";
import { jsonLines } from "../../src/query/json-lines.ts";
import { resultHash } from "../../src/query/result-hash.ts";
import { textTable } from "../../src/query/text-table.ts";
import { toJson, toText } from "../../src/query/value-text.ts";

const of = (type: ColumnType["type"], more: Partial<ColumnType> = {}): ColumnType => ({ type, nullable: true, ...more });

describe("a value", () => {
  test.each<[Value, ColumnType, string, string]>([
    [null, of("INTEGER"), "null", "NULL"],
    [9007199254740993n, of("BIGINT"), "9007199254740993", "9007199254740993"],
    [150n, of("DECIMAL", { precision: 5, scale: 2 }), "1.50", "1.50"],
    [-5n, of("DECIMAL", { precision: 5, scale: 2 }), "-0.05", "-0.05"],
    [7n, of("DECIMAL", { precision: 5, scale: 0 }), "7", "7"],
    [1.5, of("DOUBLE"), "1.5", "1.5"],
    [NaN, of("DOUBLE"), "null", "NaN"],
    ['a"b', of("VARCHAR"), '"a\\"b"', 'a"b'],
    [0, of("DATE"), '"1970-01-01"', "1970-01-01"],
    [-1, of("DATE"), '"1969-12-31"', "1969-12-31"],
    [3_661_000_001n, of("TIME"), '"01:01:01.000001"', "01:01:01.000001"],
    [-1n, of("TIMESTAMP"), '"1969-12-31T23:59:59.999999"', "1969-12-31T23:59:59.999999"],
    [0n, of("TIMESTAMP_TZ"), '"1970-01-01T00:00:00Z"', "1970-01-01T00:00:00Z"],
    [new Uint8Array([1, 255]), of("VARBINARY"), '"01ff"', "01ff"],
    [{ months: 1, days: 2, micros: 3_000_000n }, of("INTERVAL_DAY"), '"1 months 2 days 00:00:03"', "1 months 2 days 00:00:03"],
    [[1n, null], of("ARRAY", { component: of("BIGINT") }), "[1,null]", "[1,null]"],
    [
      [5, "x"],
      of("STRUCT", {
        fields: [
          { name: "a", caseSensitive: false, columnType: of("INTEGER"), unused: false },
          { name: "b", caseSensitive: false, columnType: of("VARCHAR"), unused: false },
        ],
      }),
      '{"a":5,"b":"x"}',
      '{"a":5,"b":"x"}',
    ],
    [[["k", 1]], of("MAP", { key: of("VARCHAR"), value: of("INTEGER") }), '{"k":1}', '{"k":1}'],
    ['{"z":1}', of("VARIANT"), '{"z":1}', '{"z":1}'],
    [true, of("BOOLEAN"), "true", "true"],
  ])("%p", (value, type, json, text) => {
    expect(toJson(value, type)).toBe(json);
    expect(toText(value, type)).toBe(text);
  });
});

const result = (...chunks: Row[][]): QueryRows => ({
  columns: [
    { name: "id", caseSensitive: false, columnType: of("INTEGER"), unused: false },
    { name: "name", caseSensitive: false, columnType: of("VARCHAR"), unused: false },
  ],
  async *rows() {
    yield* chunks;
  },
});
async function all(pieces: AsyncIterable<string>): Promise<string> {
  let text = "";
  for await (const piece of pieces) text += piece;
  return text;
}

describe("a result", () => {
  test("as text is a table with cells cut at 64 characters", async () => {
    const text = await all(textTable(result([[1, "a"]], [[22, "x".repeat(100)]])));
    const lines = text.split("\n");
    expect(lines[1]).toBe(`| id | name${" ".repeat(60)} |`);
    expect(lines[4]).toBe(`| 22 | ${"x".repeat(61)}... |`);
    expect(new Set(lines.slice(0, -1).map((line) => line.length)).size).toBe(1);
  });
  test("as text without rows is a table with its head", async () => {
    expect(await all(textTable(result()))).toBe("+----+------+\n| id | name |\n+----+------+\n+----+------+\n");
  });
  test("as json is a line a row", async () => {
    expect(await all(jsonLines(result([[1, "a"]], [[2, null]])))).toBe('{"id":1,"name":"a"}\n{"id":2,"name":null}\n');
  });
  test("as hash does not depend on the order, but on every row", async () => {
    const one = await resultHash(
      result([
        [1, "a"],
        [2, "b"],
      ]),
    );
    expect(await resultHash(result([[2, "b"]], [[1, "a"]]))).toBe(one);
    expect(
      await resultHash(
        result([
          [2, "b"],
          [1, "a"],
          [1, "a"],
        ]),
      ),
    ).not.toBe(one);
    expect(one).toMatch(/^[0-9A-F]{64}$/);
  });
});
