import { expect, test } from "@jest/globals";
import { createEngine, type Engine } from "@headgate/engine";
import { checkMaintained, Mismatch } from "./check-maintained.ts";
import { insert, remove, update, type Step } from "./changes.ts";

const sql = `
  CREATE TABLE k (id INT NOT NULL PRIMARY KEY, x INT);
  CREATE TABLE m (x INT);
  CREATE MATERIALIZED VIEW s AS SELECT m.x, sum(k.x) AS t FROM k JOIN m ON k.id = m.x GROUP BY m.x;
  CREATE VIEW d AS SELECT stddev(x) AS e FROM k;`;
const steps: Step[] = [
  new Map([["k", [insert(1, 5), insert(2, null), insert(1, 6)]], ["m", [insert(1), insert(1), insert(null)]]]),
  new Map([["k", [update(2, 7), remove(1, undefined)]], ["m", [remove(1), remove(9)]]]),
]; // prettier-ignore

/** An engine whose first delta of a view comes out changed. */
const spoiled =
  (view: string): typeof createEngine =>
  async (options) => {
    const engine = await createEngine(options);
    const step: Engine["step"] = async (input) => {
      const { step: number, deltas } = await engine.step(input);
      const wrong = new Map(deltas);
      wrong.set(view, (deltas.get(view) ?? []).map(([row, weight]) => [row.with(-1, 41n), weight])); // prettier-ignore
      return { step: number, deltas: number === 1 ? wrong : deltas };
    };
    return { ...engine, step };
  };

test("a program that is kept right passes, up to rounding where that is allowed", async () => {
  const checked = await checkMaintained(sql, steps, { approximate: new Set(["d.e"]) });
  expect(checked.unbound).toBeUndefined();
  expect(checked.steps).toBe(2);
  expect([...checked.views.keys()].filter((name) => name !== "error_view")).toEqual(["s", "d"]);
});

test("a wrong delta is a mismatch that names step, view and rows", async () => {
  const run = checkMaintained(sql, steps, { createEngine: spoiled("s") });
  await expect(run).rejects.toThrow(Mismatch);
  await expect(checkMaintained(sql, steps, { createEngine: spoiled("s") })).rejects.toThrow(/after step 1, s: deltas added up/);
});

test("a fault that both sides meet ends the program and is no mismatch", async () => {
  const faulty = "CREATE TABLE m (x INT); CREATE VIEW v AS SELECT x + 2147483647 AS y FROM m;";
  const checked = await checkMaintained(faulty, [new Map([["m", [insert(0)]]]), new Map([["m", [insert(1)]]])]);
  expect(checked.steps).toBe(1);
  expect(checked.fault).toMatch(/overflow|out of range/i);
});

test("a program that does not bind says why", async () => {
  expect((await checkMaintained("CREATE VIEW v AS SELECT y FROM nowhere;", [])).unbound).toMatch(/nowhere/);
});

test("a program that is closed and goes on from its store is compared as one", async () => {
  const checked = await checkMaintained(sql, steps, { approximate: new Set(["d.e"]), restartAfter: 1 });
  expect(checked.steps).toBe(2);
});
