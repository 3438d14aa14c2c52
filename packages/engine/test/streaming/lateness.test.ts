import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { ChangeOp, compileProgram, createEngine, type Delta, type Engine, type StorageLocation, type Value } from "@headgate/engine";
import { seededRandom, type SeededRandom } from "../oracle/random.ts";
import { addDelta, addRows, compiled, snapshotOf, sorted, type Bag } from "../runtime/model.ts";
import { around, batchOf, LateModel, type Cells, type Change } from "./late-model.ts";

let path: string;
beforeEach(async () => {
  path = await mkdtemp(join(tmpdir(), "headgate-late-"));
});
afterEach(async () => {
  await rm(path, { recursive: true });
});

const start = async (sql: string, storage: StorageLocation, maintenance: "auto" | "recompute" = "auto"): Promise<Engine> =>
  await createEngine({ program: await compiled(sql), storage, threads: 1, maintenance });
const memory: StorageLocation = { kind: "memory" };
const insert = (...rows: Cells[]): Change[] => rows.map((cells) => ({ op: ChangeOp.insert, cells }));
const step = async (
  engine: Engine,
  changes: Record<string, readonly Change[]>,
  ...watch: string[]
): Promise<ReadonlyMap<string, Delta>> => {
  const input = new Map(Object.entries(changes).map(([table, list]) => [table, batchOf(list)]));
  return (await engine.step({ changes: input, watch: new Set(watch) })).deltas;
};
const second = 1_000_000n;

describe("rows that come too late", () => {
  test("are dropped and told in the error view in the step in which they come", async () => {
    const engine = await start(
      "CREATE TABLE t (id INT, ts TIMESTAMP LATENESS INTERVAL '1' MINUTE, amount DECIMAL(5, 2)) WITH ('materialized' = 'true')",
      memory,
    );
    // Within a step rows may come in any order: the watermark is that of the step before.
    expect(await step(engine, { t: insert([1, 0n, 150n], [2, 3600n * second, null], [3, 1n, null]) }, "error_view", "t")).toEqual(
      new Map([["t", [[[1, 0n, 150n], 1], [[2, 3600n * second, null], 1], [[3, 1n, null], 1]]]]), // prettier-ignore
    );
    const deltas = await step(
      engine,
      { t: insert([4, 3540n * second, null], [5, 3540n * second - 1n, 125n], [6, null, null]) },
      "error_view",
      "t",
    );
    expect(deltas.get("t")!.map(([row]) => row[0])).toEqual([4, 6]);
    const message =
      "An insert was dropped: it touches a row whose 'ts' is 1970-01-01 00:58:59.999999, and rows before 1970-01-01 00:59:00 are late";
    expect(deltas.get("error_view")).toEqual([[["t", message, '{"id":5,"ts":"1970-01-01 00:58:59.999999","amount":"1.25"}'], 1]]);
    await engine.close();
  });

  test("cannot be changed or deleted any more, whichever row of the change is late", async () => {
    const engine = await start("CREATE TABLE k (id INT PRIMARY KEY, n BIGINT LATENESS 10, a VARCHAR)", memory);
    await step(engine, { k: insert([1, 0n, "old"], [2, 95n, "new"], [3, 100n, "newest"], [4, null, "never"]) });
    const changes: Change[] = [
      { op: ChangeOp.delete, cells: [1, undefined, undefined] },
      { op: ChangeOp.update, cells: [1, undefined, "changed"] },
      { op: ChangeOp.insert, cells: [1, 200n, "replaced"] },
      { op: ChangeOp.update, cells: [2, 5n, undefined] },
      { op: ChangeOp.delete, cells: [4, undefined, undefined] },
      { op: ChangeOp.update, cells: [3, 101n, undefined] },
    ];
    const deltas = await step(engine, { k: changes }, "error_view");
    expect(deltas.get("error_view")!.map(([[, message, row]]) => [String(message).split(" was")[0], row])).toEqual([
      ["A delete", '{"id":1,"n":0,"a":"old"}'],
      ["An update", '{"id":1,"a":"changed"}'],
      ["An insert", '{"id":1,"n":200,"a":"replaced"}'],
      ["An update", '{"id":2,"n":5}'],
    ]);
    expect(sorted((await snapshotOf(engine, "k")).bag)).toEqual(sorted(addRows(new Map(), [[1, 0n, "old"], [2, 95n, "new"], [3, 101n, "newest"]]))); // prettier-ignore
    await engine.close();
  });

  test("an infinite or NaN value leaves nothing behind", async () => {
    const engine = await start("CREATE TABLE t (x DOUBLE LATENESS 1.5, ts TIMESTAMP LATENESS INTERVAL '0' SECOND)", memory);
    await step(engine, { t: insert([Infinity, 2n ** 63n - 1n], [NaN, null], [1, 1n]) });
    const deltas = await step(engine, { t: insert([-0.5, 1n], [NaN, 2n], [-0.6, 1n], [0, 0n]) }, "t");
    expect(deltas.get("t")!.map(([row]) => row)).toEqual([[-0.5, 1n], [NaN, 2n]]); // prettier-ignore
    await engine.close();
  });
});

const program = `
  CREATE TABLE m (ts TIMESTAMP LATENESS INTERVAL 5 SECONDS, n INT LATENESS 4, a VARCHAR) WITH ('materialized' = 'true');
  CREATE TABLE k (id INT PRIMARY KEY, d DATE LATENESS INTERVAL '1 day 23 hours', a VARCHAR);
  CREATE TABLE l (id BIGINT LATENESS 3 PRIMARY KEY, a VARCHAR);
  CREATE MATERIALIZED VIEW late AS SELECT table_or_view_name AS t, count(*) AS n FROM error_view GROUP BY ALL;
  CREATE VIEW sums AS SELECT a, sum(n) AS s FROM m GROUP BY a;`;

function randomChanges(random: SeededRandom, at: number): Record<"m" | "k" | "l", Change[]> {
  const many = <T>(make: () => T): T[] => Array.from({ length: random.between(0, 6) }, make);
  const letter = (): Value => random.pick(["x", "y", null]);
  const time = (): Value => (random.chance(0.1) ? null : BigInt(around(random, at)) * second);
  const keyed = (row: () => Cells): Change => {
    const op = random.pick([ChangeOp.insert, ChangeOp.insert, ChangeOp.update, ChangeOp.delete]);
    const cells = row();
    if (op === ChangeOp.insert) return { op, cells };
    return { op, cells: cells.map((cell, i) => (i > 0 && (op === ChangeOp.delete || random.chance(0.5)) ? undefined : cell)) };
  };
  return {
    m: many(() => ({
      op: random.chance(0.3) ? ChangeOp.delete : ChangeOp.insert,
      cells: [time(), random.chance(0.1) ? null : around(random, at), letter()],
    })),
    k: many(() => keyed(() => [random.between(0, 9), random.chance(0.1) ? null : around(random, at), letter()])),
    l: many(() => keyed(() => [BigInt(around(random, at)), letter()])),
  };
}

describe.each(["auto", "recompute"] as const)("a program with LATENESS (%s)", (maintenance) => {
  test.each([1, 2])("keeps and tells what a plain model does, over restarts too (seed %i)", async (seed) => {
    const random = seededRandom(seed);
    const models = {
      m: new LateModel(undefined, [[0, 5n * second], [1, 4]]), // prettier-ignore
      k: new LateModel(0, [[1, 1]]),
      l: new LateModel(0, [[0, 3n]]),
    };
    const storage: StorageLocation = { kind: "directory", path };
    let engine = await start(program, storage, maintenance);
    const told: Bag = new Map();
    const late = new Map<string, number>();
    /** Steps that no commit covers. */
    let tail: Record<string, Change[]>[] = [];
    for (let at = 0; at < 30; at++) {
      const changes = randomChanges(random, at);
      tail.push(changes);
      const deltas = await step(engine, changes, "error_view", "sums");
      addDelta(told, deltas.get("sums") ?? []);
      const errors: Record<string, number> = { m: 0, k: 0, l: 0 };
      for (const [[table], weight] of deltas.get("error_view") ?? []) errors[table as string]! += weight;
      for (const name of ["m", "k", "l"] as const) {
        const refused = models[name].step(changes[name]).length;
        expect([at, name, errors[name]]).toEqual([at, name, refused]);
        if (refused > 0) late.set(name, (late.get(name) ?? 0) + refused);
      }
      if (random.chance(0.2)) {
        await engine.commit();
        tail = [];
      }
      if (random.chance(0.15)) {
        await engine.close();
        engine = await start(program, storage, maintenance);
        for (const again of tail) await step(engine, again);
      }
    }
    for (const name of ["m", "k", "l"] as const)
      expect(sorted((await snapshotOf(engine, name)).bag)).toEqual(sorted(addRows(new Map(), models[name].rows)));
    const counts = [...late].map(([name, count]) => [name, BigInt(count)]);
    expect(sorted((await snapshotOf(engine, "late")).bag)).toEqual(sorted(addRows(new Map(), counts)));
    const sums = new Map<Value, bigint | null>();
    for (const [, n, a] of models.m.rows) sums.set(a!, n === null ? (sums.get(a!) ?? null) : (sums.get(a!) ?? 0n) + BigInt(n as number));
    expect(sorted(told)).toEqual(sorted(addRows(new Map(), [...sums])));
    await engine.close();
  });
});

test("a table that the program changes starts without a watermark, the others keep theirs", async () => {
  const storage: StorageLocation = { kind: "directory", path };
  const tables = (type: string): string => `CREATE TABLE a (n ${type} LATENESS 1); CREATE TABLE b (n INT LATENESS 1);`;
  const first = await start(tables("INT"), storage);
  await step(first, { a: insert([10]), b: insert([10]) });
  await first.commit();
  await first.close();
  const then = await start(tables("BIGINT"), storage);
  const deltas = await step(then, { a: insert([1n]), b: insert([1]) }, "a", "b");
  expect([...deltas.keys()]).toEqual(["a"]);
  await then.close();
});

test("a store from before LATENESS had an effect is continued", async () => {
  const storage: StorageLocation = { kind: "directory", path };
  const first = await start("CREATE TABLE t (n INT)", storage);
  await step(first, { t: insert([10]) });
  await first.commit();
  await first.close();
  const then = await start("CREATE TABLE t (n INT LATENESS 1)", storage);
  expect((await step(then, { t: insert([1]) }, "t")).get("t")).toHaveLength(1);
  await then.close();
});

describe("LATENESS", () => {
  test.each([
    ["ts TIMESTAMP LATENESS INTERVAL '90' MINUTES", "5400000000"],
    ["ts TIMESTAMP WITH TIME ZONE LATENESS INTERVAL 2 DAYS", "172800000000"],
    ["t TIME LATENESS INTERVAL '1' HOUR", "3600000000"],
    ["d DATE LATENESS INTERVAL '36' HOURS", "1"],
    ["n SMALLINT LATENESS 2 * 5", "10"],
    ["n BIGINT LATENESS 9223372036854775807", "9223372036854775807"],
    ["x DOUBLE NOT NULL LATENESS 0.25 DEFAULT 1", "0.25"],
    ["x DECIMAL(10, 2) LATENESS 0.25", "25"],
  ])("of %s is %s in the column's unit", async (column, distance) => {
    expect((await compiled(`CREATE TABLE t (${column})`)).tables[0]!.lateness).toEqual([{ column: 0, distance }]);
  });

  test.each([
    [
      "ts TIMESTAMP LATENESS INTERVAL '1' MONTH",
      "LATENESS of column 'ts': months and years have no fixed length: give days, hours or less",
    ],
    ["ts TIMESTAMP LATENESS 5", "LATENESS of column 'ts', a TIMESTAMP, must be an interval such as INTERVAL '1' HOUR"],
    ["ts TIMESTAMP LATENESS INTERVAL '-1' HOUR", "LATENESS of column 'ts' is negative"],
    ["ts TIMESTAMP LATENESS CAST(NULL AS INTERVAL)", "LATENESS of column 'ts' is NULL"],
    ["n INT LATENESS INTERVAL '1' HOUR", "LATENESS of column 'n', a INTEGER, must be a number"],
    ["n INT LATENESS '5'", "LATENESS of column 'n', a INTEGER, must be a number"],
    ["n INT LATENESS -1", "LATENESS of column 'n' is negative"],
    ["n INT LATENESS 1.5", "LATENESS of column 'n' does not fit in INTEGER"],
    ["n TINYINT LATENESS 200", "LATENESS of column 'n' does not fit in TINYINT"],
    ["x DOUBLE LATENESS CAST('inf' AS DOUBLE)", "LATENESS of column 'x' must be finite"],
    ["n INT LATENESS random()", "random() is not supported in a LATENESS"],
    ["s VARCHAR LATENESS 1", "LATENESS needs a column of numbers, DATE, TIME or TIMESTAMP: 's' is VARCHAR"],
  ])("as in %s is refused", async (column, message) => {
    const result = await compileProgram(`CREATE TABLE t (${column})`);
    expect(result.ok ? undefined : result.messages[0]!.message).toContain(message);
  });
});
