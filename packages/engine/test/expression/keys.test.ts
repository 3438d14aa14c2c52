import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { createRowCompiler } from "../../src/expression/create-row-compiler.ts";
import type { Expression, PlanType } from "../../src/plan/types.ts";
import type { Row, Value } from "../../src/types.ts";

const rows = createRowCompiler();

const values: readonly (readonly [PlanType, fc.Arbitrary<Value>])[] = [
  [{ id: "INTEGER" }, fc.constantFrom(0, 1, -1, 12, 2)],
  [{ id: "VARCHAR" }, fc.constantFrom("", "1", "~", "1:", "2,", "=", "é", "1:1", "1:~")],
  [{ id: "DOUBLE" }, fc.constantFrom(0, -0, NaN, 1.5, Infinity)],
  [{ id: "BIGINT" }, fc.constantFrom(0n, 1n, 2n ** 60n)],
  [{ id: "INTERVAL" }, fc.constantFrom({ months: 1, days: 0, micros: 0n }, { months: 0, days: 30, micros: 0n }, { months: 0, days: 1, micros: 0n })],
  [{ id: "BLOB" }, fc.constantFrom(Uint8Array.of(), Uint8Array.of(1), Uint8Array.of(1, 2), Uint8Array.of(18))],
  [{ id: "LIST", child: { id: "VARCHAR" } }, fc.constantFrom<Value>([], [""], ["", ""], [null], ["1:"], ["a", null], ["a"])],
  [{ id: "STRUCT", fields: [{ name: "x", type: { id: "INTEGER" } }, { name: "y", type: { id: "VARCHAR" } }] }, fc.constantFrom<Value>([1, "2"], [null, "1,2"], [12, ""], [1, null])],
]; // prettier-ignore

const columns = (types: readonly PlanType[]): Expression[] => types.map((type, index) => ({ kind: "column", index, type }));
const equalKeys = (a: unknown, b: unknown): boolean => new Set([a, b]).size === 1;

test("keys of rows are equal exactly when all their values are", () => {
  const cases = fc.array(fc.constantFrom(...values), { minLength: 1, maxLength: 3 }).chain((chosen) => {
    const row = fc.tuple(...chosen.map(([, value]) => fc.option(value, { freq: 4 })));
    return fc.record({ types: fc.constant(chosen.map(([type]) => type)), a: row, b: row });
  });
  fc.assert(
    fc.property(cases, ({ types, a, b }: { types: PlanType[]; a: Row; b: Row }) => {
      const equal = types.every((type, i) => rows.sameValue(type)(a[i]!, b[i]!));
      const known = [...a, ...b].every((value) => value !== null);
      const [key, joinKey] = [rows.rowKey(types), rows.joinKey(columns(types))];
      expect(equalKeys(key(a), key(b))).toBe(equal);
      expect(rows.compareRows(types)(a, b) === 0).toBe(equal);
      expect(rows.compareRows(types)(a, b)).toBe(0 - rows.compareRows(types)(b, a));
      if (known) expect(equalKeys(joinKey(a), joinKey(b))).toBe(equal);
      else expect([joinKey(a), joinKey(b)]).toContain(undefined);
    }),
    { numRuns: 1500 },
  );
});

test("one number, text or bigint stands for itself", () => {
  expect(rows.key(columns([{ id: "INTEGER" }]))([5])).toBe(5);
  expect(rows.key(columns([{ id: "VARCHAR" }]))(["a"])).toBe("a");
  expect(rows.joinKey(columns([{ id: "BIGINT" }]))([5n])).toBe(5n);
  expect(rows.joinKey(columns([{ id: "BIGINT" }]))([null])).toBeUndefined();
});

test("expressions that are the row's own columns give the row itself", () => {
  const row: Row = [1, "a"];
  expect(rows.row(columns([{ id: "INTEGER" }, { id: "VARCHAR" }]), 2)(row)).toBe(row);
  expect(rows.row(columns([{ id: "INTEGER" }]), 2)(row)).toEqual([1]);
});
