import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { ValueCounts } from "../../src/aggregates/value-counts.ts";
import type { Value } from "../../src/types.ts";

/** NaN is greatest. */
function compare(a: Value, b: Value): number {
  const [x, y] = [a as number, b as number];
  if (x !== x) return y !== y ? 0 : 1;
  return y !== y || x < y ? -1 : x > y ? 1 : 0;
}

describe("ValueCounts", () => {
  it("gives the least value that is there, however values come and go", () => {
    const change = fc.tuple(fc.oneof(fc.nat(30), fc.constantFrom(NaN, Infinity, -1)), fc.boolean());
    fc.assert(
      fc.property(fc.array(change, { maxLength: 400 }), (changes) => {
        const counts = new ValueCounts(compare);
        const held: number[] = [];
        for (const [value, wantsInsert] of changes) {
          const at = held.findIndex((other) => Object.is(other, value));
          const insert = wantsInsert || at < 0;
          counts.add(value, insert ? 1 : -1);
          if (insert) held.push(value);
          else held.splice(at, 1);
          expect(counts.result()).toBe([...held].sort(compare)[0] ?? null);
        }
      }),
    );
  });

  it("lets a value be taken back before it comes", () => {
    const counts = new ValueCounts(compare);
    for (let i = 0; i < 20; i++) counts.add(i, -1);
    for (let i = 0; i < 20; i++) counts.add(i, 1);
    expect(counts.result()).toBeNull();
  });

  it("shows 0 for -0, whichever came first", () => {
    const counts = new ValueCounts(compare);
    counts.add(-0, 1);
    expect(Object.is(counts.result(), 0)).toBe(true);
  });
});
