import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { compileProgram, createEngine, type Delta, type Engine, type Row, type StorageLocation, type Value } from "@headgate/engine";
import { seededRandom, type SeededRandom } from "../oracle/random.ts";
import { addDelta, addRows, compiled, queryRows, snapshotOf, sorted, type Bag } from "../runtime/model.ts";

let path: string;
beforeEach(async () => {
  path = await mkdtemp(join(tmpdir(), "headgate-final-"));
});
afterEach(async () => {
  await rm(path, { recursive: true });
});

const start = async (sql: string, storage: StorageLocation = { kind: "memory" }): Promise<Engine> =>
  await createEngine({ program: await compiled(sql), storage, threads: 1 });
const step = async (engine: Engine, inserts: Record<string, readonly Row[]>, ...watch: string[]): Promise<ReadonlyMap<string, Delta>> => {
  const changes = new Map(Object.entries(inserts).map(([table, rows]) => [table, [{ rows, ops: undefined }]]));
  return (await engine.step({ changes, watch: new Set(watch) })).deltas;
};
const seconds = (count: number): bigint => BigInt(count) * 1_000_000n;

const tables = `
  CREATE TABLE a (id INT, ts TIMESTAMP LATENESS INTERVAL 5 SECONDS, v INT);
  CREATE TABLE b (id INT, ts TIMESTAMP LATENESS INTERVAL 2 SECONDS, w INT);`;

/** Queries, the column of each that tells when a row is final, and how its bound follows from the watermarks of a and b. */
const queries: Readonly<Record<string, readonly [query: string, column: string, bound: (a: bigint, b: bigint) => bigint]>> = {
  plain: ["SELECT id, ts, v FROM a", "ts", (a) => a],
  windows: [
    "SELECT window_start, window_end, count(*) AS n FROM TABLE(TUMBLE(TABLE a, DESCRIPTOR(ts), INTERVAL '4' SECOND)) GROUP BY ALL",
    "window_end",
    (a) => a - (((a % seconds(4)) + seconds(4)) % seconds(4)) + seconds(4),
  ],
  joined: ["SELECT a.ts, a.v, b.w FROM a LEFT JOIN b ON a.ts = b.ts AND a.id = b.id", "ts", (a, b) => (a < b ? a : b)],
  rolling: ["SELECT ts, id, count(*) OVER (PARTITION BY id ORDER BY ts) AS n FROM a", "TS", (a) => a],
};
const program = (lateness = 5): string =>
  tables.replace("INTERVAL 5 SECONDS", `INTERVAL ${String(lateness)} SECONDS`) +
  Object.entries(queries)
    .map(
      ([name, [query, column]]) =>
        `CREATE MATERIALIZED VIEW all_${name} AS ${query}; CREATE MATERIALIZED VIEW ${name} WITH ('emit_final' = '${column}') AS ${query};`,
    )
    .join("\n") +
  "CREATE MATERIALIZED VIEW counted AS SELECT count(*) AS n, max(window_end) AS latest FROM windows;";

/** The greatest times that came, which no late row has. */
class Watermarks {
  private readonly seen = new Map<string, bigint>();
  see(table: string, rows: readonly Row[]): void {
    for (const [, ts] of rows) if (ts !== null && (ts as bigint) > (this.seen.get(table) ?? -1n)) this.seen.set(table, ts as bigint);
  }
  /** What of the content of a view is final. */
  final(name: string, rows: readonly Row[], fields: readonly string[], lateness = 5): readonly Row[] {
    const [, column, bound] = queries[name]!;
    const [a, b] = [this.seen.get("a"), this.seen.get("b")];
    if (a === undefined || (name === "joined" && b === undefined)) return [];
    const limit = bound(a - seconds(lateness), (b ?? 0n) - seconds(2));
    const at = fields.indexOf(column.toLowerCase());
    return rows.filter((row) => row[at] !== null && (row[at] as bigint) < limit);
  }
}

function randomRows(random: SeededRandom, at: number): Row[] {
  const time = (): Value =>
    random.chance(0.05) ? null : seconds(Math.max(0, random.chance(0.1) ? at - random.between(0, 12) : at + random.between(-3, 1)));
  return Array.from({ length: random.between(0, 4) }, () => [random.between(0, 1), time(), random.between(0, 9)]);
}

async function expectFinal(engine: Engine, watermarks: Watermarks, lateness?: number): Promise<void> {
  for (const name of Object.keys(queries)) {
    const { fields } = engine.program.views.find((view) => view.name === name)!;
    const all = await queryRows(engine, `SELECT * FROM all_${name}`);
    const want = watermarks.final(name, all, fields.map((field) => field.name), lateness); // prettier-ignore
    expect([name, sorted((await snapshotOf(engine, name)).bag)]).toEqual([name, sorted(addRows(new Map(), want))]);
  }
  const [[n] = []] = await queryRows(engine, "SELECT n FROM counted");
  expect(n).toBe(BigInt((await queryRows(engine, "SELECT * FROM windows")).length));
}

describe("a view with emit_final", () => {
  test.each([1, 2])("has exactly the rows of its query that are behind the bound, and takes none back, over restarts too (seed %i)", async (seed) => {
    const random = seededRandom(seed);
    const storage: StorageLocation = { kind: "directory", path };
    const names = Object.keys(queries);
    const watermarks = new Watermarks();
    let engine = await start(program(), storage);
    const told = new Map<string, Bag>(names.map((name) => [name, new Map()]));
    for (let at = 0; at < 40; at++) {
      const inserts = { a: randomRows(random, at), b: randomRows(random, at - 2) };
      const deltas = await step(engine, inserts, ...names);
      for (const [table, rows] of Object.entries(inserts)) watermarks.see(table, rows);
      for (const name of names) {
        expect((deltas.get(name) ?? []).filter(([, weight]) => weight < 0)).toEqual([]);
        addDelta(told.get(name)!, deltas.get(name) ?? []);
      }
      if (at % 4 === 3) {
        await expectFinal(engine, watermarks);
        for (const name of names) expect(sorted(told.get(name)!)).toEqual(sorted((await snapshotOf(engine, name)).bag));
      }
      if (!random.chance(0.1)) continue;
      await engine.commit();
      await engine.close();
      engine = await start(program(), storage);
      await expectFinal(engine, watermarks);
    }
    expect((await snapshotOf(engine, "joined")).records).toBeGreaterThan(20);
    await engine.close();
  }, 60_000); // prettier-ignore

  test("tells the rest of its content when time alone makes rows final", async () => {
    const engine = await start(
      "CREATE TABLE t (n INT LATENESS 10, s VARCHAR); CREATE VIEW v WITH ('emit_final' = 'n') AS SELECT n, s FROM t WHERE s = 'x';",
    );
    expect(await step(engine, { t: [[1, "x"], [2, "x"], [null, "x"]] }, "v")).toEqual(new Map()); // prettier-ignore
    // Nothing of it passes the view's filter.
    expect((await step(engine, { t: [[12, "y"]] }, "v")).get("v")).toEqual([[[1, "x"], 1]]);
    expect((await step(engine, { t: [[100, "y"]] }, "v")).get("v")).toEqual([[[2, "x"], 1]]);
    await engine.close();
  });

  test("is computed anew when a LATENESS that it depends on changes, and no other view is", async () => {
    const storage: StorageLocation = { kind: "directory", path };
    const random = seededRandom(3);
    const watermarks = new Watermarks();
    const first = await start(program(), storage);
    for (let at = 0; at < 20; at++) {
      const inserts = { a: randomRows(random, at), b: randomRows(random, at) };
      await step(first, inserts);
      for (const [table, rows] of Object.entries(inserts)) watermarks.see(table, rows);
    }
    await first.commit();
    await first.close();
    const then = await start(program(8), storage);
    expect(then.restored!.changed.views).toEqual({ added: [], removed: [], modified: [...Object.keys(queries), "counted"] });
    expect(then.restored!.changed.tables).toEqual({ added: [], removed: [], modified: [] });
    await expectFinal(then, watermarks, 8);
    const told = (await step(then, {}, "windows")).get("windows")!;
    expect(sorted(addDelta(new Map(), told))).toEqual(sorted((await snapshotOf(then, "windows")).bag));
    await then.close();
  });

  test.each([
    ["'nothing'", "SELECT ts FROM a", "emit_final names a column 'nothing' that view 'v' does not have; there are: ts"],
    [
      "'v'",
      "SELECT ts, v FROM a",
      "View 'v' has 'emit_final', but nothing says when 'v' is final: it has to follow a column with LATENESS",
    ],
    ["'latest'", "SELECT id, max(ts) AS latest FROM a GROUP BY id", "nothing says when 'latest' is final"],
    ["'ts'", "SELECT a.ts FROM a JOIN b ON a.id = b.id", "nothing says when 'ts' is final"],
    ["'ts'", "SELECT ts FROM a ORDER BY ts DESC LIMIT 3", "nothing says when 'ts' is final"],
    ["'ts'", "SELECT ts, first(v) AS f FROM a GROUP BY ts", "DuckDB recomputes it, which does not tell when a row is final"],
  ])("of %s for %s does not compile", async (column, query, message) => {
    const sql = `${tables} CREATE VIEW v WITH ('emit_final' = ${column}) AS ${query};`;
    const result = await compileProgram(sql);
    const mistake = result.ok ? undefined : result.messages[0]!;
    expect(mistake?.message).toContain(message);
    const { startLine, startColumn, endColumn } = mistake!.position;
    expect(sql.split("\n")[startLine - 1]!.slice(startColumn - 1, endColumn)).toBe(column);
  });

  test("says so in the graph, as other views say which of their columns follow a watermark", async () => {
    const engine = await start(
      `${tables} CREATE VIEW v WITH ('emit_final' = 'ts') AS SELECT ts, id FROM a; CREATE VIEW w AS SELECT id, ts FROM a; CREATE VIEW x AS SELECT id FROM a;`,
    );
    expect([...engine.dataflow.views.values()].slice(1)).toEqual([
      { mode: "incremental", bounds: ["ts"], emitFinal: "ts" },
      { mode: "incremental", bounds: ["ts"] },
      { mode: "incremental" },
    ]);
    await engine.close();
  });

  test("cannot be recomputed by DuckDB", async () => {
    const sql = `${tables} CREATE VIEW v WITH ('emit_final' = 'ts') AS SELECT ts FROM a;`;
    const engine = createEngine({ program: await compiled(sql), storage: { kind: "memory" }, maintenance: "recompute" });
    await expect(engine).rejects.toThrow("View 'v' has 'emit_final', but DuckDB recomputes it");
  });
});
