import { expect, test } from "@jest/globals";
import { createDataflow } from "../../src/dataflow/dataflow.ts";
import { createRowCompiler } from "../../src/expression/create-row-compiler.ts";
import type { Delta, Row, Value } from "../../src/types.ts";
import { checkMaintained } from "../oracle/check-maintained.ts";
import type { Step, TableChange } from "../oracle/changes.ts";
import { seededRandom, type SeededRandom } from "../oracle/random.ts";
import { graphOf } from "../operators/maintained-views.ts";
import { forgetful, remembering, remembers, tables } from "./endless-views.ts";

const second = 1_000_000n;
const views = (queries: Readonly<Record<string, string>>): string =>
  Object.entries(queries)
    .map(([name, query]) => `CREATE MATERIALIZED VIEW ${name} AS ${query};`)
    .join("\n");

/** Mostly about now, sometimes early, late or NULL. */
function timeAbout(random: SeededRandom, at: number): bigint | null {
  if (random.chance(0.05)) return null;
  return BigInt(Math.max(0, random.chance(0.35) ? at + random.between(-8, 2) : at + random.between(-2, 1))) * second;
}

/** Steps whose deletes mostly find one of the rows that came last. */
function randomSteps(random: SeededRandom, count: number): Step[] {
  const recent: Record<"a" | "b", Value[][]> = { a: [], b: [] };
  const changes = (table: "a" | "b", row: () => Value[]): TableChange[] =>
    Array.from({ length: random.between(0, 4) }, () => {
      const known = recent[table].slice(-20);
      if (known.length > 0 && random.chance(0.25)) return { op: "delete", row: random.chance(0.9) ? random.pick(known) : row() };
      const added = row();
      recent[table].push(added);
      return { op: "insert", row: added };
    });
  const keyed = (at: number): TableChange => ({
    op: random.pick(["insert", "insert", "update", "delete"] as const),
    row: [BigInt(Math.max(0, at + random.between(-9, 2))), random.between(0, 3)],
  });
  return Array.from({ length: count }, (_, at) => {
    const time = (): Value => timeAbout(random, at);
    return new Map([
      ["a", changes("a", () => [random.between(0, 2), time(), random.between(0, 3), random.pick(["x", "y", null])])],
      ["b", changes("b", () => [random.between(0, 2), time(), random.between(0, 3)])],
      ["k", Array.from({ length: random.between(0, 3) }, () => keyed(at))],
    ]);
  });
}

test.each([1, 2])(
  "views are right at each step though they forget what is behind watermarks, over restarts too (seed %i)",
  async (seed) => {
    const random = seededRandom(seed);
    const steps = randomSteps(random, 36);
    const restarts = [{ after: 16 + seed, lost: seed % 3 }, { after: 30, lost: 1 }]; // prettier-ignore
    const {
      steps: compared,
      unbound,
      views: kept,
    } = await checkMaintained(tables + views({ ...forgetful, ...remembering }), steps, { restarts });
    expect([unbound, compared]).toEqual([undefined, 36]);
    expect([...kept].filter(([, { mode }]) => mode === "recompute")).toEqual([]);
  },
  120_000,
);

/** How many rows and groups a view's operators hold at most, over a stream of which nothing comes late. */
async function mostHeld(query: string, steps: number, declared = tables): Promise<number> {
  const { graph } = await graphOf(`${declared} CREATE VIEW held AS ${query};`, createRowCompiler());
  expect(graph.views.get("held")!.mode).toBe("incremental");
  const dataflow = createDataflow(graph);
  const random = seededRandom(7);
  let most = 0;
  for (let at = 0; at < steps; at++) {
    const time = BigInt(at) * second;
    const of = (row: () => Row): Delta => Array.from({ length: 3 }, () => [row(), 1] as const);
    const deltas = new Map<string, Delta>([
      ["a", of(() => [random.between(0, 2), time, random.between(0, 3), null])],
      ["b", of(() => [random.between(0, 2), time - second, random.between(0, 3)])],
      ["k", [[[BigInt(at), random.between(0, 3)], 1]]],
      ["feldera_clock", at === 0 ? [[[0, time], 1]] : [[[0, time - second], -1], [[0, time], 1]]], // prettier-ignore
    ]);
    for (const [table, delta] of deltas)
      for (const watermark of graph.watermarks.of(table)) for (const [row] of delta) watermark.observe(row[watermark.column]);
    graph.watermarks.advance();
    dataflow.step(deltas);
    most = Math.max(most, dataflow.retained);
  }
  return most;
}

test.each(Object.entries(forgetful).filter(([name]) => !remembers.has(name)))("%s holds no more after a long stream", async (_, query) => {
  const short = await mostHeld(query, 200);
  expect(short).toBeGreaterThan(0);
  expect(await mostHeld(query, 1000)).toBeLessThanOrEqual(short * 1.5);
});

test("a view that needs all its past keeps it", async () => {
  expect(await mostHeld(remembering["neighbours"]!, 200)).toBeGreaterThan(550);
});

test("what NOW() has left behind is forgotten, without LATENESS", async () => {
  const declared = "CREATE TABLE a (id INT, ts TIMESTAMP, v INT, s VARCHAR); CREATE TABLE b (id INT); CREATE TABLE k (id INT PRIMARY KEY);";
  const recent = "SELECT id, sum(v) AS s FROM a WHERE ts >= NOW() - INTERVAL 5 SECONDS GROUP BY id";
  const past = "SELECT id, ts FROM a WHERE ts + INTERVAL 2 SECONDS < NOW()";
  expect(await mostHeld(recent, 500, declared)).toBeLessThan(40);
  expect(await mostHeld(past, 500, declared)).toBeLessThan(40);
});
