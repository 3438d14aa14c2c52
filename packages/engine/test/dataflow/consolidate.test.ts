import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { consolidate } from "../../src/dataflow/consolidate.ts";
import type { Delta, Row } from "../../src/types.ts";
import { addDelta, rowText, sorted } from "../runtime/model.ts";
import { Multiset } from "../operators/maintained-views.ts";

const deltas = fc.array(fc.tuple(fc.tuple(fc.integer({ min: 0, max: 3 })), fc.constantFrom(-2, -1, 1, 2)));

test("a consolidated delta has every row once, with the sum of its weights", () => {
  fc.assert(
    fc.property(deltas, (delta: Delta) => {
      const start: Row[] = [0, 1, 2, 3].flatMap((value) => Array.from({ length: 100 }, () => [value]));
      const sums = new Multiset();
      sums.add(start.map((row) => [row, 1]));
      sums.add(delta);
      const bag = new Map(start.map((row) => [rowText(row), 100]));
      addDelta(bag, consolidate(delta, rowText));
      expect(sorted(bag)).toEqual(sorted(new Map([0, 1, 2, 3].map((value) => [rowText([value]), sums.count([value])]))));
    }),
  );
});

test("a delta without equal rows is given back as it is", () => {
  const delta: Delta = [[[1], 1], [[2], -1]]; // prettier-ignore
  expect(consolidate(delta, rowText)).toBe(delta);
});

test("the delta that is consolidated stays as it was", () => {
  const delta: Delta = [[[1], 1], [[2], 1], [[1], -1]]; // prettier-ignore
  expect(consolidate(delta, rowText)).toEqual([[[2], 1]]);
  expect(delta.map(([, weight]) => weight)).toEqual([1, 1, -1]);
});
