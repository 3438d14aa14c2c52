import { describe, expect, test } from "@jest/globals";
import type { ColumnType, QueryRows, Row, Value } from "@headgate/engine";
import { jsonLines } from "../../src/query/json-lines.ts";
import { resultHash } from "../../src/query/result-hash.ts";
import { textTable } from "../../src/query/text-table.ts";

const of = (type: ColumnType["type"], more: Partial<ColumnType> = {}): ColumnType => ({ type, nullable: true, ...more });

describe("a value", () => {
  test.each<[Value, ColumnType, string, string]>([
    [null, of("INTEGER"), "null", "NULL"],
    [null, of("VARCHAR"), "null", "NULL"],
    ["", of("VARCHAR"), '""', ""],
    [9007199254740993n, of("BIGINT"), "9007199254740993", "9007199254740993"],
    [-5n, of("DECIMAL", { precision: 5, scale: 2 }), '"-0.05"', "-0.05"],
    [10n ** 38n - 1n, of("DECIMAL", { precision: 38, scale: 0 }), `"${"9".repeat(38)}"`, "9".repeat(38)],
    [NaN, of("DOUBLE"), '"NaN"', "NaN"],
    ["a\nb", of("VARCHAR"), '"a\\nb"', "a b"],
    [-1n, of("TIMESTAMP"), '"1969-12-31 23:59:59.999999"', "1969-12-31 23:59:59.999999"],
    [new Uint8Array([1, 255]), of("VARBINARY"), "[1,255]", "0x01ff"],
    [[1n, null], of("ARRAY", { component: of("BIGINT") }), "[1,null]", "[1,null]"],
  ])("%p of %p is %s as json and %s as text", async (value, columnType, json, text) => {
    const one: QueryRows = {
      columns: [{ name: "c", caseSensitive: false, columnType, unused: false }],
      async *rows() {
        yield [[value]];
      },
    };
    expect(await all(jsonLines(one))).toBe(`{"c":${json}}\n`);
    expect((await all(textTable(one))).split("\n")[3]?.slice(2, -2).trimEnd()).toBe(text);
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
async function all(pieces: AsyncIterable<string | Uint8Array>): Promise<string> {
  let text = "";
  for await (const piece of pieces) text += typeof piece === "string" ? piece : Buffer.from(piece).toString("utf8");
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
