import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { ChangeOp, type ChangeBatch, type Engine, type Row, type Value } from "@headgate/engine";
import { queryRows, snapshotOf, sorted, start } from "./model.ts";

const { insert, delete: remove, update } = ChangeOp;
type Change = readonly [op: number, ...cells: (Value | undefined)[]];
const batch = (changes: readonly Change[]): ChangeBatch => ({
  rows: changes.map(([, ...cells]) => cells),
  ops: Uint8Array.from(changes.map(([op]) => op)),
});
async function step(engine: Engine, table: string, changes: readonly Change[], ...watch: string[]) {
  const { deltas } = await engine.step({ changes: new Map([[table, [batch(changes)]]]), watch: new Set(watch) });
  return Object.fromEntries([...deltas].map(([name, delta]) => [name, [...delta].sort((a, b) => String(a).localeCompare(String(b)))]));
}
async function using(sql: string, body: (engine: Engine) => Promise<void>): Promise<void> {
  const engine = await start(sql);
  try {
    await body(engine);
  } finally {
    await engine.close();
  }
}

describe("a table with a primary key", () => {
  const table = "CREATE TABLE t (id INT PRIMARY KEY, a VARCHAR, b BIGINT);";

  test("takes an insert as an upsert, and an equal row as no change", async () => {
    await using(table, async (engine) => {
      expect(await step(engine, "t", [[insert, 1, "x", 1n]], "t")).toEqual({ t: [[[1, "x", 1n], 1]] });
      expect(await step(engine, "t", [[insert, 1, "x", 1n]], "t")).toEqual({});
      expect(await step(engine, "t", [[insert, 1, "y", null]], "t")).toEqual({
        t: [
          [[1, "x", 1n], -1],
          [[1, "y", null], 1],
        ],
      });
    });
  });

  test("ignores deletes and updates of missing keys", async () => {
    await using(table, async (engine) => {
      expect(
        await step(
          engine,
          "t",
          [
            [remove, 9],
            [update, 8, "q", undefined],
          ],
          "t",
        ),
      ).toEqual({});
      expect(
        await step(engine, "t", [
          [remove, 9],
          [update, 8, "q", undefined],
        ]),
      ).toEqual({});
      expect((await snapshotOf(engine, "t")).records).toBe(0);
    });
  });

  test("folds one step's changes of a key in order", async () => {
    await using(table, async (engine) => {
      await step(engine, "t", [
        [insert, 1, "old", 1n],
        [insert, 2, "old", 2n],
        [insert, 3, "old", 3n],
      ]);
      const delta = await step(
        engine,
        "t",
        [
          [update, 1, "new", undefined],
          [update, 1, undefined, null],
          [remove, 2],
          [update, 2, "ignored", undefined],
          [remove, 3],
          [insert, 3, "again", 3n],
          [update, 3, undefined, 4n],
          [insert, 4, "gone", 4n],
          [remove, 4],
        ],
        "t",
      );
      expect(delta["t"]).toEqual([
        [[1, "new", null], 1],
        [[1, "old", 1n], -1],
        [[2, "old", 2n], -1],
        [[3, "again", 4n], 1],
        [[3, "old", 3n], -1],
      ]);
      expect(await queryRows(engine, "SELECT * FROM t ORDER BY id")).toEqual([
        [1, "new", null],
        [3, "again", 4n],
      ]);
    });
  });

  test("folds across batches, and tells composite keys apart whatever their text", async () => {
    await using("CREATE TABLE t (a VARCHAR, b VARCHAR, n INT, PRIMARY KEY (a, b))", async (engine) => {
      const first = batch([
        [insert, "x", "yz", 1],
        [insert, "xy", "z", 2],
      ]);
      await engine.step({ changes: new Map([["t", [first, batch([[remove, "x", "yz"]])]]]), watch: new Set() });
      expect(await queryRows(engine, "SELECT * FROM t")).toEqual([["xy", "z", 2]]);
    });
  });

  test("refuses NULL in its key", async () => {
    await using(table, async (engine) => {
      await expect(step(engine, "t", [[insert, null, "x", 1n]])).rejects.toThrow("Table 't', column 'id': NULL");
      await expect(step(engine, "t", [[remove, null]])).rejects.toThrow("column 'id'");
    });
  });
});

describe("a table without a key", () => {
  const table = "CREATE TABLE t (a INT, b VARCHAR) WITH ('materialized' = 'true');";

  test("keeps duplicates and removes one copy per delete", async () => {
    await using(table, async (engine) => {
      const twice: Change[] = [
        [insert, 1, null],
        [insert, 1, null],
        [insert, 1, null],
      ];
      expect(await step(engine, "t", twice, "t")).toEqual({ t: [[[1, null], 3]] });
      expect(await step(engine, "t", [[remove, 1, null]], "t")).toEqual({ t: [[[1, null], -1]] });
      expect((await snapshotOf(engine, "t")).records).toBe(2);
    });
  });

  test("never goes below zero: what is not there cannot be deleted", async () => {
    await using(table, async (engine) => {
      await step(engine, "t", [[insert, 1, "x"]]);
      expect(
        await step(
          engine,
          "t",
          [
            [remove, 1, "x"],
            [remove, 1, "x"],
            [remove, 2, "y"],
          ],
          "t",
        ),
      ).toEqual({
        t: [[[1, "x"], -1]],
      });
      expect(await step(engine, "t", [[insert, 1, "x"]], "t")).toEqual({ t: [[[1, "x"], 1]] });
    });
  });

  test("nets what one step adds and takes", async () => {
    await using(table, async (engine) => {
      expect(
        await step(
          engine,
          "t",
          [
            [insert, 1, "x"],
            [remove, 1, "x"],
          ],
          "t",
        ),
      ).toEqual({});
    });
  });

  test("refuses updates", async () => {
    await using(table, async (engine) => {
      await expect(step(engine, "t", [[update, 1, "x"]])).rejects.toMatchObject({ code: "runtime" });
    });
  });
});

test("an append-only table refuses deletes and updates, and nothing of that step happens", async () => {
  await using(
    "CREATE TABLE t (id INT PRIMARY KEY) WITH ('append_only' = 'true'); CREATE TABLE u (id INT) WITH ('append_only' = 'true');",
    async (engine) => {
      for (const [table, op] of [["t", remove], ["t", update], ["u", remove]] as const) // prettier-ignore
      await expect(step(engine, table, [[insert, 1], [op, 1]])).rejects.toThrow(`Table '${table}' is append-only: its rows cannot be deleted or updated`); // prettier-ignore
      expect(await step(engine, "t", [[insert, 2]], "t", "u")).toEqual({ t: [[[2], 1]] });
    },
  );
});

describe("views", () => {
  test("that read no table are whole in the first step and silent after it", async () => {
    await using("CREATE TABLE t (a INT); CREATE VIEW v AS SELECT count(*) AS n FROM t; CREATE VIEW c AS VALUES (1)", async (engine) => {
      expect(await step(engine, "t", [], "v", "c")).toEqual({ v: [[[0n], 1]], c: [[[1], 1]] });
      expect(await step(engine, "t", [[insert, 1]], "v", "c")).toEqual({
        v: [
          [[0n], -1],
          [[1n], 1],
        ],
      });
    });
  });

  test("that come to be watched later start from what they were", async () => {
    const sql = `CREATE TABLE t (a INT); CREATE LOCAL VIEW l AS SELECT a * 2 AS b FROM t; CREATE VIEW v AS SELECT sum(b) AS s FROM l;`;
    await using(sql, async (engine) => {
      await step(engine, "t", [[insert, 1]]);
      await step(engine, "t", [[insert, 2]]);
      expect(await step(engine, "t", [[insert, 3]], "v")).toEqual({
        v: [
          [[12n], 1],
          [[6n], -1],
        ],
      });
      await step(engine, "t", [[insert, 4]]);
      expect(await step(engine, "t", [], "v")).toEqual({});
      expect(await step(engine, "t", [[insert, 5]], "v")).toEqual({
        v: [
          [[20n], -1],
          [[30n], 1],
        ],
      });
    });
  });

  test("that fail name themselves and end the program; what was before the step can be read", async () => {
    const sql = `CREATE TABLE t (a VARCHAR) WITH ('materialized' = 'true');
      CREATE MATERIALIZED VIEW ok AS SELECT count(*) AS n FROM t;
      CREATE MATERIALIZED VIEW bad AS SELECT CAST(a AS INT) AS n FROM t;`;
    await using(sql, async (engine) => {
      await step(engine, "t", [[insert, "1"]]);
      const failing = step(engine, "t", [[insert, "x"]]);
      await expect(failing).rejects.toMatchObject({ code: "runtime", message: expect.stringMatching(/View 'bad'.*Could not convert/) });
      expect(await snapshotOf(engine, "t")).toMatchObject({ step: 1, records: 1 });
      expect(await queryRows(engine, "SELECT * FROM ok")).toEqual([[1n]]);
      const after = step(engine, "t", [[insert, "2"]]);
      await expect(after).rejects.toMatchObject({ code: "runtime", message: expect.stringMatching(/has ended: View 'bad' failed/) });
    });
  });

  test("follow a scalar subquery, and fail when it gives more than one row", async () => {
    const sql = `CREATE TABLE t (a INT); CREATE MATERIALIZED VIEW v AS SELECT (SELECT a FROM t) AS only;`;
    await using(sql, async (engine) => {
      expect(await step(engine, "t", [[insert, 1]], "v")).toEqual({ v: [[[1], 1]] });
      await expect(step(engine, "t", [[insert, 2]])).rejects.toMatchObject({
        code: "runtime",
        message: expect.stringMatching(/View 'v' failed: .*More than one row/),
      });
    });
  });

  test("keep a sum of integers exact, and name the view whose sum leaves BIGINT", async () => {
    const sql = "CREATE TABLE t (a BIGINT); CREATE MATERIALIZED VIEW total AS SELECT sum(a) AS s FROM t;";
    await using(sql, async (engine) => {
      await step(engine, "t", [[insert, 9007199254740993n]]);
      expect(await step(engine, "t", [[insert, 2n]], "total")).toEqual({
        total: [
          [[9007199254740993n], -1],
          [[9007199254740995n], 1],
        ],
      });
      await expect(step(engine, "t", [[insert, 9223372036854775807n]])).rejects.toMatchObject({
        code: "runtime",
        message: expect.stringMatching(/View 'total' failed: .*9232379236109516802.*out of range/),
      });
      expect(await queryRows(engine, "SELECT * FROM total")).toEqual([[9007199254740995n]]);
    });
  });

  test("with ORDER BY and LIMIT give up the rows that fall out", async () => {
    await using("CREATE TABLE t (a INT); CREATE VIEW v AS SELECT a FROM t ORDER BY a DESC LIMIT 2", async (engine) => {
      await step(
        engine,
        "t",
        [
          [insert, 1],
          [insert, 2],
        ],
        "v",
      );
      expect(await step(engine, "t", [[insert, 3]], "v")).toEqual({
        v: [
          [[1], -1],
          [[3], 1],
        ],
      });
    });
  });

  test("have a sum beyond 38 digits refused instead of rounded", async () => {
    await using("CREATE TABLE t (a DECIMAL(38,0)); CREATE MATERIALIZED VIEW v AS SELECT a * 10 AS b FROM t", async (engine) => {
      await expect(step(engine, "t", [[insert, 10n ** 37n * 9n]])).rejects.toThrow("View 'v'");
    });
  });
});

test("unknown relations in a step are refused", async () => {
  await using("CREATE TABLE t (a INT); CREATE VIEW v AS SELECT a FROM t", async (engine) => {
    await expect(step(engine, "nope", [])).rejects.toMatchObject({ code: "unknown_relation" });
    await expect(step(engine, "v", [])).rejects.toMatchObject({ code: "unknown_relation" });
    await expect(step(engine, "t", [], "nope")).rejects.toMatchObject({ code: "unknown_relation" });
  });
});

test("a snapshot is fixed when it is taken, while steps go on and others are read", async () => {
  await using("CREATE TABLE t (a INT PRIMARY KEY, b INT); CREATE MATERIALIZED VIEW v AS SELECT * FROM t", async (engine) => {
    const rows = (n: number, b: number): Change[] => Array.from({ length: n }, (_, i) => [insert, i, b]);
    await step(engine, "t", rows(10_000, 1));
    const early = await engine.snapshot("v");
    const reading = early.chunks()[Symbol.asyncIterator]();
    const first = await reading.next();
    await step(engine, "t", rows(10_000, 2));
    const late = await engine.snapshot("v");
    await step(engine, "t", [...rows(10, 3), ...Array.from({ length: 9_990 }, (_, i): Change => [remove, i + 10])]);
    expect([early.step, early.records, late.step, late.records]).toEqual([1, 10_000, 2, 10_000]);
    const seen = new Set((first.value as readonly Row[]).map((row) => row[1]));
    let count = first.value!.length;
    for (let next = await reading.next(); next.done !== true; next = await reading.next()) {
      count += next.value.length;
      for (const row of next.value as readonly Row[]) seen.add(row[1]!);
    }
    expect([count, [...seen]]).toEqual([10_000, [1]]);
    for await (const chunk of late.chunks()) expect(chunk.every((row) => row[1] === 2)).toBe(true);
    expect(sorted((await snapshotOf(engine, "v")).bag)).toHaveLength(10);
    const unread = await engine.snapshot("v");
    await unread.close();
    await unread.close();
  });
});

test("a snapshot of what is not materialised says what to do", async () => {
  await using("CREATE TABLE t (a INT); CREATE VIEW v AS SELECT a FROM t", async (engine) => {
    await expect(engine.snapshot("t")).rejects.toMatchObject({
      code: "not_materialized",
      suggestion: expect.stringContaining("'materialized' = 'true'"),
    });
    await expect(engine.snapshot("v")).rejects.toMatchObject({
      code: "not_materialized",
      suggestion: expect.stringContaining("MATERIALIZED VIEW v"),
    });
    await expect(engine.snapshot("x")).rejects.toMatchObject({ code: "unknown_relation" });
  });
});

test("a directory keeps one database file, without steps that no commit wrote, and is told in bytes", async () => {
  const path = await mkdtemp(join(tmpdir(), "headgate-engine-"));
  try {
    for (let run = 0; run < 2; run++) {
      const engine = await start("CREATE TABLE t (a INT) WITH ('materialized' = 'true')", { kind: "directory", path });
      expect((await snapshotOf(engine, "t")).records).toBe(0);
      await step(engine, "t", [[insert, 1]]);
      expect(await engine.storageBytes()).toBeGreaterThan(0);
      await engine.close();
    }
    expect(await readdir(path)).toContain("engine.duckdb");
  } finally {
    await rm(path, { recursive: true });
  }
});

test("closing waits for the step, ends readers and refuses what comes after", async () => {
  const engine = await start("CREATE TABLE t (a INT) WITH ('materialized' = 'true')");
  const running = step(
    engine,
    "t",
    Array.from({ length: 5_000 }, (_, i): Change => [insert, i]),
  );
  const second = engine.step({ changes: new Map(), watch: new Set() });
  await expect(second).rejects.toThrow("sequential");
  const snapshot = await engine.snapshot("t");
  await Promise.all([engine.close(), engine.close()]);
  await running;
  await expect(engine.snapshot("t")).rejects.toMatchObject({ code: "closed" });
  await expect(engine.step({ changes: new Map(), watch: new Set() })).rejects.toMatchObject({ code: "closed" });
  await snapshot.close();
});

test("names that the engine or DuckDB also use are the program's own", async () => {
  const sql = `CREATE TABLE "order" (w INT PRIMARY KEY, c0 INT, step INT, "select" INT, n INT, id INT, t INT, d INT);
    CREATE TABLE store (w INT, c1 INT, c0 INT) WITH ('materialized' = 'true'); CREATE TABLE main (q INT); CREATE TABLE pg_class (q INT);
    CREATE MATERIALIZED VIEW step AS SELECT o.w, o.c0, s.c1 AS "s.c1", o."select" FROM "order" o JOIN store s ON s.w = o.w;
    CREATE MATERIALIZED VIEW headgate AS SELECT count(*) AS w FROM step, pg_class, main;`;
  await using(sql, async (engine) => {
    await step(engine, "order", [[insert, 1, 2, 3, 4, 5, 6, 7, 8]]);
    expect(
      await step(
        engine,
        "store",
        [
          [insert, 1, 5, 6],
          [insert, 1, 5, 6],
        ],
        "step",
        "store",
      ),
    ).toEqual({
      store: [[[1, 5, 6], 2]],
      step: [[[1, 2, 5, 4], 2]],
    });
    expect(await step(engine, "store", [[remove, 1, 5, 6]], "step")).toEqual({ step: [[[1, 2, 5, 4], -1]] });
    expect(await step(engine, "order", [[update, 1, undefined, 9]], "order")).toEqual({
      order: [
        [[1, 2, 3, 4, 5, 6, 7, 8], -1],
        [[1, 2, 9, 4, 5, 6, 7, 8], 1],
      ],
    });
    expect(await queryRows(engine, "SELECT * FROM step")).toEqual([[1, 2, 5, 4]]);
  });
});
