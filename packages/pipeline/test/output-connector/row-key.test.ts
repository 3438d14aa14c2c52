import { expect, test } from "@jest/globals";
import type { Value } from "@headgate/engine";
import fc from "fast-check";
import { rowKey } from "../../src/output-connector/row-key.ts";

const value: fc.Arbitrary<Value> = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.constant(null),
    fc.boolean(),
    fc.integer(),
    fc.bigInt({ min: -100n, max: 100n }),
    fc.string({ maxLength: 4 }),
    fc.constantFrom("n1;", "-", "[", "s1:a", "t"),
    fc.uint8Array({ maxLength: 3 }),
    fc.record({ months: fc.nat(2), days: fc.nat(2), micros: fc.bigInt({ min: 0n, max: 3n }) }),
    fc.array(tie("value"), { maxLength: 3 }),
  ),
})).value;

/** JSON of a value with its kind, as an oracle for equality. */
const shown = (row: readonly Value[]): string =>
  JSON.stringify(row, (_, item: unknown) =>
    typeof item === "bigint" ? { big: String(item) } : item instanceof Uint8Array ? { bytes: [...item] } : Object.is(item, -0) ? 0 : item,
  );

test("two rows have one key exactly when they are equal", () => {
  const row = fc.array(value, { maxLength: 4 });
  fc.assert(
    fc.property(row, row, (a, b) => {
      expect(rowKey(a) === rowKey(b)).toBe(shown(a) === shown(b));
    }),
    { seed: 11, numRuns: 2000 },
  );
});
