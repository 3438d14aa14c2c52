import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import {
  argument,
  decimal,
  double,
  fixed,
  float,
  hugeint,
  integer,
  integerType,
  integerTypes,
  text,
  date,
  timestamp,
  timestampTz,
} from "../arguments.ts";
import { createProver, isRefused, type Prover } from "../prove.ts";

let prover: Prover;
beforeAll(async () => void (prover = await createProver()));
afterAll(() => prover.close());

const signed = ["TINYINT", "SMALLINT", "INTEGER", "BIGINT"] as const;
const decimals = [decimal(4, 1), decimal(9, 2), decimal(18, 4), decimal(38, 10), decimal(5, 5), decimal(12, 0)];
const places = argument(
  integerType,
  [-2147483648, 2147483647, 0, 1, 2, -1, -2, 308, -308, 309, 400, -400, 22, 23, -22, -23],
  (r) => r.below(30) - 12,
);

describe("functions of numbers", () => {
  it("give absolute values and signs as DuckDB does", async () => {
    for (const name of ["abs", "@", "sign"]) {
      for (const type of integerTypes) await prover.prove(name, [integer(type)], { rows: 200 });
      for (const type of [double, float, hugeint]) await prover.prove(name, [type]);
    }
    for (const type of decimals) await prover.prove("abs", [type]);
  });
  it("round floating-point numbers as DuckDB does", async () => {
    for (const type of [double, float]) {
      for (const name of ["round", "trunc", "floor", "ceil", "ceiling"]) await prover.prove(name, [type], { rows: 1000 });
      for (let count = -22; count <= 22; count++) await prover.prove("round", [type, fixed(integerType, count)], { rows: 200 });
      expect(isRefused("round", [type, fixed(integerType, 23)])).toBe(true);
      expect(isRefused("round", [type, places])).toBe(true);
    }
  });
  it("round decimals as DuckDB does", async () => {
    for (const type of decimals) {
      for (const name of ["round", "trunc", "floor", "ceil"]) await prover.prove(name, [type]);
      for (const count of [-2, -1, 0, 1, 2, 3, 50].filter((places) => -places < type.column.precision! - type.column.scale!))
        await prover.prove("round", [type, fixed(integerType, count)], { rows: 200 });
    }
  });
  it("refuse to round decimals to nothing, where DuckDB gives 0 for NULL", () => {
    expect(isRefused("round", [decimal(4, 1), fixed(integerType, -3)], { id: "DECIMAL", width: 4, scale: 0 })).toBe(true);
    expect(isRefused("round", [decimal(4, 1), fixed(integerType, -2)], { id: "DECIMAL", width: 4, scale: 0 })).toBe(false);
  });
  it("round integers as DuckDB does", async () => {
    for (const type of signed) await prover.prove("round", [integer(type)]);
    for (const type of ["TINYINT", "SMALLINT", "INTEGER"] as const) await prover.prove("round", [integer(type), places], { rows: 800 });
    for (const name of ["round", "trunc"]) await prover.prove(name, [hugeint]);
    for (const type of integerTypes) await prover.prove("trunc", [integer(type)], { rows: 100 });
  });
  it("work on bits as DuckDB does", async () => {
    for (const type of integerTypes) {
      for (const name of ["&", "|", "xor"]) await prover.prove(name, [integer(type), integer(type)], { rows: 300 });
      await prover.prove("~", [integer(type)], { rows: 200 });
      const { column } = integer(type);
      const wide = type.endsWith("BIGINT");
      const by = argument(
        column,
        [0, 1, 2, 7, 8, 15, 16, 31, 32, 63, 64].filter((n) => n < 128).map((n) => (wide ? BigInt(n) : n)),
      );
      for (const name of ["<<", ">>"]) {
        await prover.prove(name, [integer(type), by], { rows: 400 });
        await prover.prove(name, [integer(type), integer(type)], { rows: 200 });
      }
    }
  });
  it("take square roots and remainders as DuckDB does", async () => {
    for (const name of ["sqrt", "degrees", "radians"]) await prover.prove(name, [double], { rows: 3000 });
    for (const type of [...integerTypes.map(integer), double, float, hugeint]) await prover.prove("mod", [type, type], { rows: 500 });
  });
  it("classify floating-point numbers as DuckDB does", async () => {
    for (const name of ["isnan", "isinf", "isfinite"]) for (const type of [double, float]) await prover.prove(name, [type], { rows: 100 });
  });
  it("pick extremes as DuckDB does", async () => {
    for (const name of ["greatest", "least"])
      for (const type of [...integerTypes.map(integer), double, text, decimal(9, 2), hugeint, date, timestamp, timestampTz]) {
        await prover.prove(name, [type], { rows: 50 });
        await prover.prove(name, [type, type]);
        await prover.prove(name, [type, type, type], { rows: 200 });
      }
  });
  it("are refused where the last bit differs", () => {
    for (const name of ["ln", "log10", "log2", "exp", "sin", "cbrt", "atan"]) expect(isRefused(name, [double])).toBe(true);
    for (const name of ["pow", "power", "**"]) expect(isRefused(name, [double, double])).toBe(true);
  });
});
