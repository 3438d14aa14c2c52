import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import {
  argument,
  bigintType,
  blob,
  date,
  decimal,
  fixed,
  integer,
  integerType,
  listOf,
  mapOf,
  oneOf,
  smallBigint,
  structOf,
  text,
  timestamp,
  varchar,
} from "../arguments.ts";
import { createProver, isRefused, type Prover } from "../prove.ts";

let prover: Prover;
beforeAll(async () => void (prover = await createProver()));
afterAll(() => prover.close());

const few = [
  oneOf(integerType, 1, 2, 3),
  oneOf(varchar, "a", "b", ""),
  oneOf({ type: "DOUBLE", nullable: true }, 0, -0, NaN, 1),
  oneOf(bigintType, 1n, 2n),
  oneOf({ type: "REAL", nullable: true }, 0, -0, NaN),
];
const items = [...few, oneOf({ type: "BOOLEAN", nullable: true }, true, false), date, timestamp, decimal(9, 2), blob];
const index = argument(bigintType, [0n, 1n, -1n, 6n, -6n, 2n ** 63n - 1n, -(2n ** 63n)], (r) => BigInt(r.below(12) - 6));

describe("lists", () => {
  it("are made and joined as DuckDB does", async () => {
    for (const item of items) {
      for (const args of [[item], [item, item, item]]) await prover.prove("list_value", args, { rows: 100 });
      const list = listOf(item);
      for (const name of ["list_concat", "||", "array_cat"]) await prover.prove(name, [list, list], { rows: 150 });
      await prover.prove("list_concat", [list, list, list], { rows: 100 });
      for (const name of ["len", "length", "array_length"]) await prover.prove(name, [list], { rows: 100 });
      for (const name of ["list_reverse", "array_reverse"]) await prover.prove(name, [list], { rows: 100 });
    }
  });
  it("are read by index and by range as DuckDB does", async () => {
    for (const item of items) {
      for (const name of ["array_extract", "list_extract", "list_element"]) await prover.prove(name, [listOf(item), index], { rows: 100 });
      for (const name of ["array_slice", "list_slice"]) await prover.prove(name, [listOf(item), index, index], { rows: 100 });
    }
    await prover.prove("array_extract", [text, index], { rows: 500 });
    await prover.prove("array_slice", [text, index, index], { rows: 1000 });
    await prover.prove("array_slice", [text, smallBigint, smallBigint]);
  });
  it("are searched as DuckDB does", async () => {
    for (const item of [...few, date])
      for (const name of ["list_contains", "array_contains", "list_has", "contains", "list_position", "array_position", "list_indexof"])
        await prover.prove(name, [listOf(item), item], { rows: 300 });
    expect(isRefused("list_contains", [listOf(blob), blob], { id: "BOOLEAN" })).toBe(true);
  });
});

describe("sets of elements", () => {
  it("are compared and sorted as DuckDB does", async () => {
    for (const item of few) {
      for (const name of ["list_has_any", "list_has_all", "array_has_any"])
        await prover.prove(name, [listOf(item), listOf(item)], { rows: 300 });
      if (item.column.type === "DOUBLE" || item.column.type === "REAL")
        expect(isRefused("list_sort", [listOf(item)], listOf(item).plan)).toBe(true);
      else await prover.prove("list_sort", [listOf(item)], { rows: 300 });
    }
  });
});

describe("structs", () => {
  const struct = structOf({ a: integer("INTEGER"), b: text, C: date });
  it("give their fields as DuckDB does", async () => {
    for (const name of ["struct_extract", "array_extract"]) {
      for (const key of ["a", "b", "C", "c"]) await prover.prove(name, [struct, fixed(varchar, key)], { rows: 100 });
    }
  });
  it("are made as DuckDB does", async () => {
    const args = [integer("INTEGER"), text];
    await prover.prove("row", args, { rows: 100, sql: "row(a0, a1)::STRUCT(x INTEGER, y VARCHAR)" });
    await prover.prove("struct_pack", args, { rows: 100, sql: "struct_pack(x := a0, y := a1)" });
  });
});

describe("maps", () => {
  it("are made as DuckDB does", async () => {
    for (const key of few.slice(0, 2)) await prover.prove("map", [listOf(key), listOf(text)], { rows: 300 });
    const keys = [integer("INTEGER"), integer("INTEGER")];
    const values = [text, text];
    await prover.prove("map", [listOf(keys[0]!), listOf(values[0]!)], {
      tuples: [
        [
          [1, 2],
          ["a", null],
        ],
        [
          [1, 1],
          ["a", "b"],
        ],
        [[null], ["a"]],
        [[], []],
        [[1], []],
        [null, ["a"]],
      ],
    });
  });
  it("are read as DuckDB does", async () => {
    for (const key of few.slice(0, 2)) {
      const map = mapOf(key, text);
      await prover.prove("map_extract_value", [map, key], { rows: 300 });
      for (const name of ["cardinality", "map_keys", "map_values"]) await prover.prove(name, [map], { rows: 100 });
    }
  });
});

describe("what DuckDB puts into plans", () => {
  it("is done as DuckDB does", async () => {
    await prover.prove("constant_or_null", [fixed(integerType, 5), text], { rows: 50 });
    await prover.prove("constant_or_null", [fixed(integerType, 5), text, date], { rows: 50 });
  });
});
