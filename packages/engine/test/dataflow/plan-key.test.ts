import { expect, test } from "@jest/globals";
import { planKey } from "../../src/dataflow/plan-key.ts";

test("values that JSON would make one have keys of their own", () => {
  const values = [
    null,
    0,
    -0,
    NaN,
    Infinity,
    -Infinity,
    1,
    1n,
    "1",
    Uint8Array.of(1),
    [1],
    [null],
    true,
    "null",
    { months: 0, days: 1, micros: 0n },
  ];
  expect(new Set(values.map((value) => planKey({ value }))).size).toBe(values.length);
});

test("equal parameters have equal keys", () => {
  expect(planKey({ value: [1n, Uint8Array.of(2)] })).toBe(planKey({ value: [1n, Uint8Array.of(2)] }));
});
