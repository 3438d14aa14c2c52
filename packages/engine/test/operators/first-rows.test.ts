import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { FirstRows, type RankFunction } from "../../src/operators/first-rows.ts";
import type { Row } from "../../src/types.ts";

const byPlace = (a: Row, b: Row): number => (a[0] as number) - (b[0] as number);
const compare = (a: Row, b: Row): number => byPlace(a, b) || (a[1] as number) - (b[1] as number);

/** Every copy of a row whose rank is small, in order, from all rows. */
function expected(rows: readonly Row[], ranking: RankFunction, last: number): Row[] {
  const all = [...rows].sort(compare);
  const places = [...new Set(all.map(([place]) => place as number))];
  return all.filter((row, i) => {
    if (ranking === "row_number") return i < last;
    if (ranking === "rank") return all.findIndex((other) => byPlace(other, row) === 0) < last;
    return places.indexOf(row[0] as number) < last;
  });
}

describe("FirstRows", () => {
  it.each(["row_number", "rank", "dense_rank"] as const)("gives the rows whose %s is small, whatever comes and goes", (ranking) => {
    const row = fc.tuple(fc.nat(400), fc.nat(2));
    // Enough in one step that rows are cut off within it, and put in order behind the cut.
    const step = fc.record({ added: fc.array(row, { maxLength: 1500, size: "max" }), removedShare: fc.constantFrom(0, 3, 10) });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 4 }), fc.constantFrom(1, 3, 40), (steps, last) => {
        const comparePlaces = ranking === "row_number" ? compare : byPlace;
        const first = new FirstRows({ ranking, last, compare, comparePlaces, givesRank: false });
        const add = (changed: Row, weight: number): void => {
          if (first.isLater(changed)) first.addLater(changed, weight);
          else first.addFirst(changed, weight);
        };
        let held: Row[] = [];
        for (const { added, removedShare } of steps) {
          const removed = held.filter((_, i) => i % 10 < removedShare);
          held = [...held.filter((_, i) => i % 10 >= removedShare), ...added];
          for (const gone of removed) add(gone, -1);
          for (const come of added) add(come, 1);
          first.settle();
          const listed = first.list().flatMap(({ row, count }) => Array.from({ length: count }, () => row));
          expect(listed).toEqual(expected(held, ranking, last));
          if (held.length === 0) expect(first.size).toBe(0);
        }
      }),
      { numRuns: 25 },
    );
  });
});
