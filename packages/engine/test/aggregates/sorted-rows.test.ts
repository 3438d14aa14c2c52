import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { SortedRows } from "../../src/aggregates/sorted-rows.ts";
import type { Row } from "../../src/types.ts";

const ascending = (a: Row, b: Row): number => (a[0] as number) - (b[0] as number);

function contents(sorted: SortedRows): [number, number][] {
  const entries: [number, number][] = [];
  sorted.forEach((row, weight) => entries.push([row[0] as number, weight]) > 0);
  return entries;
}

describe("SortedRows", () => {
  it("holds what a map holds, in order, through thousands of inserts and deletes", () => {
    const change = fc.tuple(fc.nat(2000), fc.constantFrom(1, 1, 1, 2, -1, -2));
    fc.assert(
      fc.property(fc.array(change, { minLength: 500, maxLength: 3000 }), (changes) => {
        const sorted = new SortedRows(ascending);
        const model = new Map<number, number>();
        for (const [value, weight] of changes) {
          sorted.add([value], weight);
          const count = (model.get(value) ?? 0) + weight;
          if (count === 0) model.delete(value);
          else model.set(value, count);
        }
        const expected = [...model].sort(([a], [b]) => a - b);
        expect(contents(sorted)).toEqual(expected);
        expect(sorted.size).toBe(expected.length);
        expect(sorted.first()?.[0]).toBe(expected[0]?.[0]);
        expect(sorted.last()?.[0]).toBe(expected.at(-1)?.[0]);
      }),
      { numRuns: 20 },
    );
  });

  it("is empty again after everything was taken back, from either end", () => {
    for (const direction of [1, -1]) {
      const sorted = new SortedRows((a, b) => ascending(a, b) * direction);
      for (let i = 0; i < 1000; i++) sorted.add([i], 1);
      for (let i = 0; i < 1000; i++) sorted.add([i], -1);
      expect(contents(sorted)).toEqual([]);
      expect(sorted.size).toBe(0);
    }
  });

  it("stops where the visitor says", () => {
    const sorted = new SortedRows(ascending);
    for (let i = 0; i < 1000; i++) sorted.add([i], 1);
    let visited = 0;
    sorted.forEach(() => ++visited < 3);
    expect(visited).toBe(3);
  });
});
