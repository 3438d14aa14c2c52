import { expect, test } from "@jest/globals";
import { createMatchTable } from "../../src/operators/match-table.ts";

test("rows of a key are found by value, NaN among them, and leave nothing when they are gone", () => {
  const table = createMatchTable((row) => row[0]!);
  const values = [NaN, 0, "0", 1n, null];
  for (const value of values) expect(table.add("k", [value], 1).fresh).toBe(true);
  for (const value of values) expect(table.add("k", [value], 1).fresh).toBe(false);
  expect([...table.rowsOf("k")].map(({ row, weight }) => [row[0], weight])).toEqual(values.map((value) => [value, 2]));
  expect(table.retained).toBe(values.length);
  for (const value of values) table.add("k", [value], -2);
  expect([[...table.rowsOf("k")], table.retained]).toEqual([[], 0]);
});

test("a key's only row is the same row when it is added again, also NaN", () => {
  const table = createMatchTable((row) => row[0]!);
  const { matched } = table.add("k", [NaN], 1);
  expect(table.add("k", [NaN], 1)).toEqual({ matched, fresh: false });
  expect(table.find("k", [NaN])).toBe(matched);
  expect(table.find("k", [0])).toBeUndefined();
});
