import { expect, test } from "@jest/globals";
import { nexmarkEvents, type Events } from "../../../../../apps/bench/src/engine/event-source.ts";
import { nexmarkQueries, nexmarkTables } from "../../../../../apps/bench/src/engine/nexmark.ts";
import type { Step } from "../changes.ts";
import { checkMaintained } from "../check-maintained.ts";

const views = Object.entries(nexmarkQueries).map(([name, query]) => `CREATE MATERIALIZED VIEW ${name} AS ${query};`);

const toStep = (events: Events): Step =>
  new Map(
    [...events].map(([table, { added, removed }]) => [
      table,
      [...added.map((row) => ({ op: "insert" as const, row })), ...removed.map((row) => ({ op: "delete" as const, row }))],
    ]),
  );

test("Nexmark's queries equal DuckDB after every step of a stream in which rows of all tables go again", async () => {
  const source = nexmarkEvents(3, 0.2);
  const steps = [400, 50, 1, 200, 100].map((count) => toStep(source.next(count)));
  const checked = await checkMaintained(nexmarkTables + views.join("\n"), steps);
  expect(checked.unbound).toBeUndefined();
  expect(checked.fault).toBeUndefined();
  expect(checked.steps).toBe(steps.length);
  // A query that never had a row would compare nothing.
  expect(Object.keys(nexmarkQueries).filter((name) => checked.most.get(name) === 0)).toEqual([]);
});
