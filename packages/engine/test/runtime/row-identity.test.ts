import { expect, test } from "@jest/globals";
import { DuckDBInstance } from "@duckdb/node-api";
import type { ColumnType, Value } from "@headgate/engine";
import { rowIdentity } from "../../src/runtime/row-identity.ts";

const interval = (months: number, days: number, hours: number): Value => ({ months, days, micros: BigInt(hours) * 3_600_000_000n });
const intervals: readonly (readonly [months: number, days: number, hours: number])[] = [
  [1, 0, 0],
  [0, 30, 0],
  [1, -1, 0],
  [0, 29, 0],
  [0, -1, 0],
  [0, 0, -24],
  [0, 1, -1],
  [0, 0, 23],
  [0, 29, 24],
  [0, -31, 24],
];

test("intervals are identical exactly when DuckDB groups them together", async () => {
  const type: ColumnType = { type: "INTERVAL_DAY_SECOND", nullable: true };
  const keyOf = rowIdentity([type, type]);
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  const sql = intervals.map(([m, d, h]) => `(INTERVAL '${m} months' + INTERVAL '${d} days' + INTERVAL '${h} hours')`);
  for (const [i, a] of intervals.entries())
    for (const [j, b] of intervals.entries()) {
      const found = await connection.runAndReadAll(`SELECT ${sql[i]} IS NOT DISTINCT FROM ${sql[j]}`);
      const same = keyOf([interval(...a), null]) === keyOf([interval(...b), null]);
      expect([a, b, same]).toEqual([a, b, found.getRows()[0]![0]]);
    }
  connection.closeSync();
  instance.closeSync();
});

test("cells are told apart however their texts would join", () => {
  const text: ColumnType = { type: "VARCHAR", nullable: true };
  const list: ColumnType = { type: "ARRAY", nullable: true, component: text };
  const keyOf = rowIdentity([text, text, list]);
  const rows: Value[][] = [
    ["a", "b:1", null],
    ["ab", ":1", null],
    ["a1:b", "1", null],
    [null, "~", null],
    ["~", null, null],
    ["", "", []],
    ["", "", [null]],
    ["", "", [""]],
    ["", "", ["", ""]],
  ];
  expect(new Set(rows.map(keyOf)).size).toBe(rows.length);
});
