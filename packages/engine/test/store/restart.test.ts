import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { ChangeOp, createEngine, inspectStore, type ChangeBatch, type Engine, type EngineOptions, type Value } from "@headgate/engine";
import { compiled, snapshotOf, queryRows, sorted } from "../runtime/model.ts";

let path: string;
beforeEach(async () => {
  path = await mkdtemp(join(tmpdir(), "headgate-store-"));
});
afterEach(async () => {
  await rm(path, { recursive: true });
});

const run = async (sql: string, body: (engine: Engine) => Promise<void>, options: Partial<EngineOptions> = {}): Promise<void> => {
  const engine = await createEngine({ program: await compiled(sql), storage: { kind: "directory", path }, threads: 1, ...options });
  try {
    await body(engine);
  } finally {
    await engine.close();
  }
};
const insert = (...rows: Value[][]): ChangeBatch[] => [{ rows, ops: undefined }];
const remove = (...rows: Value[][]): ChangeBatch[] => [{ rows, ops: new Uint8Array(rows.length).fill(ChangeOp.delete) }];
const step = async (engine: Engine, changes: Record<string, ChangeBatch[]>, ...watch: string[]) => {
  const { deltas } = await engine.step({ changes: new Map(Object.entries(changes)), watch: new Set(watch) });
  return Object.fromEntries([...deltas].map(([name, delta]) => [name, [...delta].sort((a, b) => String(a).localeCompare(String(b)))]));
};

const program = `
  CREATE TABLE k (id INT PRIMARY KEY, a VARCHAR);
  CREATE TABLE m (a VARCHAR, n BIGINT);
  CREATE MATERIALIZED VIEW joined AS SELECT k.id, m.n FROM k JOIN m ON k.a = m.a;
  CREATE VIEW total AS SELECT a, sum(n) AS s FROM m GROUP BY a;
  CREATE MATERIALIZED VIEW median AS SELECT quantile_cont(n, 0.5) AS q FROM m;
  CREATE VIEW over AS SELECT q + 1 AS r FROM median;`;

describe.each(["auto", "recompute"] as const)("a store that is opened again (%s)", (maintenance) => {
  test("stands at its last commit with the caller's data, and goes on from there", async () => {
    let data = "";
    const commitData = (): string => data;
    await run(
      program,
      async (engine) => {
        expect(engine.restored).toBeUndefined();
        await step(engine, { k: insert([1, "x"], [2, "y"]), m: insert(["x", 5n], ["x", 5n], ["y", 7n]) });
        data = "after one";
        expect(engine.pendingRecords).toBeGreaterThan(0);
        expect(await engine.commit()).toEqual({ step: 1 });
        expect(engine.pendingRecords).toBe(0);
        await step(engine, { k: insert([3, "x"]) });
        data = "never written";
      },
      { commitData, maintenance },
    );
    await run(
      program,
      async (engine) => {
        expect(engine.restored).toMatchObject({ step: 1, data: "after one", changed: { tables: { modified: [] }, views: { added: [] } } });
        expect(sorted((await snapshotOf(engine, "k")).bag)).toHaveLength(2);
        const all = ["joined", "total", "median", "over"];
        // Nothing is told again, and what is kept in memory is as it was.
        expect(await step(engine, {}, ...all)).toEqual({});
        expect(await step(engine, { m: remove(["x", 5n], ["z", 1n]) }, ...all)).toEqual({
          joined: [[[1, 5n], -1]],
          total: [
            [["x", 10n], -1],
            [["x", 5n], 1],
          ],
          median: [
            [[5], -1],
            [[6], 1],
          ],
          over: [
            [[6], -1],
            [[7], 1],
          ],
        });
        expect((await engine.commit()).step).toBe(3);
        expect(await queryRows(engine, "SELECT n, count(*) FROM joined GROUP BY n ORDER BY n")).toEqual([
          [5n, 1n],
          [7n, 1n],
        ]);
      },
      { commitData: () => "", maintenance },
    );
  });

  test("keeps what the program leaves as it is, and builds what it changes", async () => {
    await run(
      program,
      async (engine) => {
        await step(engine, { k: insert([1, "x"]), m: insert(["x", 5n]) });
        await engine.commit();
      },
      { maintenance },
    );
    const changed = program
      .replace("id INT PRIMARY KEY, a VARCHAR", "id INT PRIMARY KEY, a VARCHAR, b INT")
      .replace("q + 1", "q + 2")
      .replace("CREATE VIEW total", "CREATE MATERIALIZED VIEW total")
      .replace("CREATE MATERIALIZED VIEW median", "-- as before\nCREATE MATERIALIZED VIEW  median")
      .concat("CREATE MATERIALIZED VIEW twice AS SELECT s * 2 AS d FROM total;");
    const change = {
      tables: { added: [], removed: [], modified: ["k"] },
      views: { added: ["twice"], removed: [], modified: ["joined", "over"] },
    };
    expect(await inspectStore(path, await compiled(changed))).toEqual({ found: true, change });
    // Twice: a change that no step has followed is told again.
    for (let i = 0; i < 2; i++)
      await run(
        changed,
        async (engine) => {
          expect(engine.restored?.changed).toEqual(change);
          expect((await snapshotOf(engine, "k")).records).toBe(0);
          expect((await snapshotOf(engine, "total")).records).toBe(1);
          expect((await snapshotOf(engine, "joined")).records).toBe(0);
          expect((await snapshotOf(engine, "twice")).records).toBe(1);
        },
        { maintenance },
      );
    expect((await inspectStore(path, await compiled(changed))).change.views.added).toEqual([]);
    await run(
      changed,
      async (engine) => {
        const all = ["joined", "total", "median", "over", "twice"];
        expect(await step(engine, { k: insert([4, "x", 0]) }, ...all)).toEqual({
          joined: [[[4, 5n], 1]],
          over: [[[7], 1]],
          twice: [[[10n], 1]],
        });
        await engine.commit();
      },
      { maintenance },
    );
    await run(changed, async (engine) => expect(engine.restored?.changed.views.added).toEqual([]), { maintenance });
  });
});

test("commits that are asked for during one share the next, and steps go on meanwhile", async () => {
  const program =
    "CREATE TABLE t (a INT) WITH ('materialized' = 'true'); CREATE MATERIALIZED VIEW v AS SELECT a, count(*) AS n FROM t GROUP BY a";
  let asked = 0;
  const commitData = (): string => String(asked++);
  await run(
    program,
    async (engine) => {
      const rows = Array.from({ length: 50_000 }, (_, i) => [i]);
      await step(engine, { t: insert(...rows) });
      const first = engine.commit();
      const [second, third] = [engine.commit(), engine.commit()];
      for (let i = 0; i < 5; i++) await step(engine, { t: insert([i]) });
      expect((await first).step).toBe(1);
      expect(await second).toEqual(await third);
      expect(asked).toBe(2);
      const last = await engine.commit();
      expect(last.step).toBe(6);
      expect((await snapshotOf(engine, "v")).records).toBe(50_000);
    },
    { commitData },
  );
  await run(program, async (engine) => {
    expect(engine.restored?.step).toBe(6);
    expect((await snapshotOf(engine, "t")).records).toBe(50_005);
  });
});

test("a directory without a store is told so, and one that had only the old kind of file starts empty", async () => {
  const program = await compiled("CREATE TABLE t (a INT)");
  expect(await inspectStore(path, program)).toMatchObject({ found: false });
  const { DuckDBInstance } = await import("@duckdb/node-api");
  const instance = await DuckDBInstance.create(join(path, "engine.duckdb"));
  const connection = await instance.connect();
  await connection.run("CREATE SCHEMA headgate; CREATE TABLE headgate.step AS SELECT 7 AS step; CREATE TABLE main.t (b INT)");
  connection.closeSync();
  instance.closeSync();
  await run("CREATE TABLE t (a INT) WITH ('materialized' = 'true')", async (engine) => {
    expect(engine.restored).toBeUndefined();
    expect((await snapshotOf(engine, "t")).step).toBe(0);
  });
  expect(JSON.parse(await readFile(join(path, "store.json"), "utf8"))).toMatchObject({ format: 1 });
});
