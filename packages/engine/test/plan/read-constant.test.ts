import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { Planner } from "../../src/plan/plan-select.ts";
import type { Expression } from "../../src/plan/types.ts";
import type { Value } from "../../src/types.ts";
import { plannerForTests } from "./planned.ts";

let planner: Planner;
beforeAll(async () => {
  planner = await plannerForTests();
});
afterAll(() => planner.close());

const cases: readonly (readonly [sql: string, value: Value, type: string])[] = [
  ["true", true, "BOOLEAN"],
  ["(-128)::TINYINT", -128, "TINYINT"],
  ["65535::USMALLINT", 65535, "USMALLINT"],
  ["9007199254740993", 9007199254740993n, "BIGINT"],
  ["1::BIGINT", 1n, "BIGINT"],
  ["18446744073709551615::UBIGINT", 18446744073709551615n, "UBIGINT"],
  ["170141183460469231731687303715884105727::HUGEINT", 2n ** 127n - 1n, "HUGEINT"],
  ["'-170141183460469231731687303715884105728'::HUGEINT", -(2n ** 127n), "HUGEINT"],
  ["(-5)::HUGEINT", -5n, "HUGEINT"],
  ["340282366920938463463374607431768211455::UHUGEINT", 2n ** 128n - 1n, "UHUGEINT"],
  ["1.5", 15n, "DECIMAL"],
  ["(-1.23)::DECIMAL(4,2)", -123n, "DECIMAL"],
  ["123456789012345.678::DECIMAL(18,3)", 123456789012345678n, "DECIMAL"],
  ["(-12345678901234567890.123)::DECIMAL(38,3)", -12345678901234567890123n, "DECIMAL"],
  ["1.5::FLOAT", 1.5, "FLOAT"],
  ["0.1::FLOAT", Math.fround(0.1), "FLOAT"],
  ["0.1::DOUBLE", 0.1, "DOUBLE"],
  ["1e300", 1e300, "DOUBLE"],
  ["5e-324::DOUBLE", 5e-324, "DOUBLE"],
  ["'-0'::DOUBLE", -0, "DOUBLE"],
  ["'nan'::DOUBLE", NaN, "DOUBLE"],
  ["'-infinity'::FLOAT", -Infinity, "FLOAT"],
  ["18014398509481985::DOUBLE", 18014398509481984, "DOUBLE"],
  ["''", "", "VARCHAR"],
  ["'é😀\"\\' || chr(0) || chr(10)", 'é😀"\\\u0000\n', "VARCHAR"],
  [`'{"a":1}'::JSON`, '{"a":1}', "JSON"],
  [String.raw`'\xAA\x00\x5C\x27\x22 ~a'::BLOB`, Uint8Array.from([0xaa, 0, 0x5c, 0x27, 0x22, 0x20, 0x7e, 0x61]), "BLOB"],
  ["''::BLOB", new Uint8Array(), "BLOB"],
  ["'550e8400-e29b-41d4-a716-446655440000'::UUID", "550e8400-e29b-41d4-a716-446655440000", "UUID"],
  ["'00000000-0000-0000-0000-000000000001'::UUID", "00000000-0000-0000-0000-000000000001", "UUID"],
  ["'ffffffff-ffff-ffff-ffff-ffffffffffff'::UUID", "ffffffff-ffff-ffff-ffff-ffffffffffff", "UUID"],
  ["DATE '2024-01-02'", 19724, "DATE"],
  ["DATE '1969-12-31'", -1, "DATE"],
  ["TIME '01:02:03.000004'", 3723000004n, "TIME"],
  ["TIMESTAMP '2024-01-02 03:04:05.123456'", 1704164645123456n, "TIMESTAMP"],
  ["TIMESTAMPTZ '2024-01-02 03:04:05+02'", 1704157445000000n, "TIMESTAMP_TZ"],
  ["INTERVAL '1 month -2 days 3 seconds'", { months: 1, days: -2, micros: 3000000n }, "INTERVAL"],
  ["[1, NULL, 3]", [1, null, 3], "LIST"],
  ["[[1.5], []]", [[15n], []], "LIST"],
  ["{'x': 1, 'y': NULL::VARCHAR}", [1, null], "STRUCT"],
  ["MAP {'a': 1, 'b': NULL}", [["a", 1], ["b", null]], "MAP"],
  ["NULL::DATE", null, "DATE"],
]; // prettier-ignore

test.each(cases)("the constant %s is read in canonical form", async (sql, value, type) => {
  const plan = await planner.plan(`SELECT ${sql}`);
  const found = (plan as { expressions: readonly Expression[] }).expressions[0]!;
  expect(found).toMatchObject({ kind: "constant", type: { id: type } });
  expect((found as { value: Value }).value).toEqual(value);
});
