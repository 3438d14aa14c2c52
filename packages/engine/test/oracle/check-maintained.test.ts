import { expect, test } from "@jest/globals";
import { createEngine, type Engine } from "@headgate/engine";
import { checkMaintained } from "./check-maintained.ts";
import { insert, remove, update, type Step } from "./changes.ts";
import { Mismatch } from "./compare-content.ts";

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

test.each([0, 1, 2])("a program that is closed and goes on from its store is compared as one, with %i steps lost", async (lost) => {
  const three = [...steps, new Map([["m", [insert(2)]]])];
  const restarts = [{ after: 2, lost }];
  const checked = await checkMaintained(sql, three, { approximate: new Set(["d.e"]), restarts });
  expect(checked.steps).toBe(3);
});

test("late changes are dropped by the table and told in the error view, on both sides", async () => {
  const late = `
    CREATE TABLE m (x INT LATENESS 2);
    CREATE MATERIALIZED VIEW c AS SELECT count(*) AS n FROM error_view;`;
  const rows = [[insert(10)], [insert(7), insert(8)], [insert(20), insert(1), remove(8)], [insert(17)]];
  const checked = await checkMaintained(
    late,
    rows.map((changes) => new Map([["m", changes]])),
    { restarts: [{ after: 3, lost: 1 }] },
  );
  expect(checked.steps).toBe(4);
});

test("a step's time is what NOW() gives, and moves on by itself", async () => {
  const moving = "CREATE TABLE m (t TIMESTAMP); CREATE VIEW r AS SELECT t FROM m WHERE t > NOW() - INTERVAL 1 HOUR;";
  const hour = 3_600_000_000n;
  const now = (time: bigint): Step => new Map([["feldera_clock", [insert(0, time)]]]);
  const some: Step = new Map([["m", [insert(hour), insert(2n * hour)]]]);
  const checked = await checkMaintained(moving, [some, now(hour), now(2n * hour), now(9n * hour)], { restarts: [{ after: 3, lost: 1 }] });
  expect(checked.views.get("r")).toMatchObject({ mode: "incremental" });
  expect(checked.most.get("r")).toBe(2);
});
