import { afterAll, beforeAll, expect, test } from "@jest/globals";
import fc from "fast-check";
import { openBench, type Bench } from "./agree.ts";

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

const count = 1500;
const literal = (value: number): string => `'${Object.is(value, -0) ? "-0" : String(value)}'`;

const cases: readonly (readonly [type: string, values: fc.Arbitrary<string>, expressions: readonly string[]])[] = [
  ["DOUBLE", fc.double().map(literal), ["a::VARCHAR", "a::FLOAT", "a::DECIMAL(18,3)", "a::DECIMAL(38,10)", "a::BIGINT"]],
  ["DOUBLE", fc.double({ min: -1e6, max: 1e6 }).map(literal), ["a::VARCHAR", "a::INTEGER", "a::TINYINT", "a::DECIMAL(9,3)", "a::DECIMAL(30,20)"]],
  ["DOUBLE", fc.integer({ min: -1e7, max: 1e7 }).map((n) => literal(n / 1000)), ["a::VARCHAR", "a::DECIMAL(9,2)", "a::DECIMAL(4,1)", "a::SMALLINT"]],
  ["FLOAT", fc.float().map(literal), ["a::DOUBLE", "a::DECIMAL(18,3)", "a::INTEGER"]],
  ["FLOAT", fc.float({ min: -1000, max: 1000 }).map(literal), ["a::DECIMAL(9,3)", "a::UTINYINT"]],
  ["DOUBLE", fc.bigInt(2n ** 53n, 2n ** 80n).map((n) => `'${n}'`), ["a::VARCHAR"]],
  ["DOUBLE", fc.bigInt(2n ** 53n, 2n ** 60n).map((n) => `'${n}'`), ["a::VARCHAR"]],
  ["DOUBLE", fc.tuple(fc.bigInt(0n, 2n ** 53n), fc.integer({ min: 1, max: 40 })).map(([n, e]) => literal(Number(n) / 2 ** e)), ["a::VARCHAR"]],
  ["HUGEINT", fc.bigInt(-(2n ** 127n), 2n ** 127n - 1n).map((n) => `'${n}'`), ["a::DOUBLE", "a::DECIMAL(38,0)", "a::VARCHAR", "a::BIGINT"]],
  ["BIGINT", fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n).map((n) => `'${n}'`), ["a::DOUBLE", "a::DECIMAL(18,0)", "a::DECIMAL(20,1)", "a::UBIGINT", "a::HUGEINT"]],
  ["DECIMAL(18,5)", fc.bigInt(1n - 10n ** 18n, 10n ** 18n - 1n).map((n) => `${n}::HUGEINT::DECIMAL(38,0) * 0.00001`), ["a::DOUBLE", "a::VARCHAR", "a::DECIMAL(18,2)", "a::BIGINT", "a::DECIMAL(5,0)"]],
  ["DECIMAL(38,12)", fc.bigInt(-(10n ** 37n), 10n ** 37n).map((n) => `'${n / 10n ** 12n}.${String(n < 0n ? -n : n).slice(-12).padStart(12, "0")}'`), ["a::DOUBLE", "a::VARCHAR", "a::DECIMAL(30,2)", "a::HUGEINT"]],
  ["DATE", fc.integer({ min: -2147483646, max: 2147483646 }).map((n) => `DATE '1970-01-01' + ${n}`), ["a::VARCHAR", "a::TIMESTAMP", "a::TIMESTAMPTZ"]],
  ["TIMESTAMP", fc.bigInt(-9007199254740991000n, 9007199254740991000n).map((n) => `make_timestamp(${n})`), ["a::VARCHAR", "a::DATE", "a::TIME", "a::TIMESTAMPTZ", "a::TIMESTAMPTZ::VARCHAR", "a::TIMESTAMPTZ::DATE"]],
  ["TIMESTAMP", fc.bigInt(-(10n ** 16n), 10n ** 16n).map((n) => `make_timestamp(${n})`), ["a::VARCHAR", "a::DATE", "a::TIME", "a::TIMESTAMPTZ", "a + INTERVAL 13 MONTH", "a - INTERVAL '1 month -40 days'"]],
]; // prettier-ignore

test.each(cases)("generated values of %s are cast as DuckDB does", async (type, values, expressions) => {
  const rows = fc.sample(values, count).map((value) => [value]);
  expect(await bench.differences([type], rows, expressions)).toEqual([]);
});
