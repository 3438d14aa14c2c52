import { expect, test } from "@jest/globals";
import { createArrangement, type Arrangement } from "../../src/operators/arrangement.ts";
import type { Row, Value } from "../../src/types.ts";
import { addRows, rowText, sorted } from "../runtime/model.ts";
import { interpretedRows } from "./interpreted-rows.ts";
import { Multiset } from "./maintained-views.ts";
import { createRandom } from "./random-deltas.ts";

const create = (): Arrangement => createArrangement([{ id: "INTEGER" }, { id: "DOUBLE" }], interpretedRows);

function contentOf(arrangement: Arrangement, key: Value): ReturnType<typeof sorted> {
  const content = new Multiset();
  arrangement.each(key, (row, weight) => content.add([[row, weight]]));
  return sorted(addRows(new Map(), content.rows()));
}

/** Adds and takes away at random; `values` is how many different rows a key may have. */
function follow(values: number, takes: number, seed: number): void {
  const random = createRandom(seed);
  const arrangement = create();
  const model = new Map<number, Multiset>([0, 1].map((key) => [key, new Multiset()]));
  for (let i = 0; i < 600; i++) {
    const key = random() < 0.8 ? 0 : 1;
    const row: Row = [key, Math.floor(random() * values) || NaN];
    const weight = random() < takes ? -1 : random() < 0.1 ? 2 : 1;
    arrangement.add(key, row, weight);
    model.get(key)!.add([[row, weight]]);
    if (i % 50 !== 0) continue;
    for (const [key, content] of model) {
      let total = 0;
      arrangement.each(key, (_, weight) => (total += weight));
      expect(arrangement.total(key)).toBe(total);
      // The multiset's rows leave out what a removal without its row still owes.
      expect(contentOf(arrangement, key)).toEqual(sorted(addRows(new Map(), content.rows())));
    }
  }
}

test("an arrangement holds what was added less what was taken, for few and for many rows of a key", () => {
  for (const seed of [1, 2, 3]) for (const values of [2, 10, 60, 300]) for (const takes of [0, 0.1, 0.5]) follow(values, takes, seed);
});

test("rows that cancel leave nothing, in whatever order they come", () => {
  const arrangement = create();
  const rows = Array.from({ length: 50 }, (_, i): Row => [1, i]);
  for (const row of rows) arrangement.add("k", row, -1);
  for (const row of [...rows].reverse()) arrangement.add("k", [...row], 1);
  expect(arrangement.get("k")).toBeUndefined();
  expect(arrangement.retained).toBe(0);
});

test("a key with one row keeps that row and nothing around it", () => {
  const arrangement = create();
  const row: Row = [1, 2];
  arrangement.add("k", row, 1);
  arrangement.add("k", [1, 3], 1);
  arrangement.add("k", [1, 3], -1);
  expect(arrangement.get("k")).toBe(row);
  expect([rowText(row), arrangement.retained]).toEqual([rowText([1, 2]), 1]);
});
