import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "@jest/globals";
import type { OutputConnectorStats, PipelineStats, ResetStatus, Token } from "../src/index.ts";
import { ForkedPipeline } from "./support/forked-pipeline.ts";
import { until } from "./support/until.ts";

const rows = 15_000;
const program = (directory: string): string => `
CREATE TABLE t (id BIGINT NOT NULL, name VARCHAR) WITH ('connectors' = '[
  {"name": "gen", "transport": {"name": "datagen", "config": {"seed": 7, "plan": [{"limit": ${String(rows)}, "fields": {"name": {"strategy": "name"}}}]}}}]');
CREATE MATERIALIZED VIEW v WITH ('connectors' = '[{"name": "out", "send_snapshot": true,
  "transport": {"name": "file_output", "config": {"path": "${directory}/out.json"}},
  "format": {"name": "json", "config": {"buffer_size_records": 500}}}]')
AS SELECT id, name FROM t WHERE id % 3 > 0;`;

/** The rows that the file stands for, when its changes are applied in order. @throws for a line that is not whole */
function fold(text: string): Map<string, number> {
  const content = new Map<string, number>();
  for (const line of text.split("\n")) {
    if (line === "") continue;
    const change = JSON.parse(line) as { insert?: object; delete?: object };
    const key = JSON.stringify(change.insert ?? change.delete);
    const weight = (content.get(key) ?? 0) + (change.insert === undefined ? -1 : 1);
    if (weight === 0) content.delete(key);
    else content.set(key, weight);
  }
  return content;
}

async function viewOf(pipeline: ForkedPipeline): Promise<Map<string, number>> {
  const { body } = await pipeline.ask("GET", `/query?format=json&sql=${encodeURIComponent("SELECT * FROM v")}`);
  return new Map(body.split("\n").flatMap((line) => (line === "" ? [] : [[line, 1] as const])));
}

const complete = async (pipeline: ForkedPipeline): Promise<boolean> =>
  (await pipeline.json<PipelineStats>("GET", "/stats")).global.pipelineComplete;

async function kill(pipeline: ForkedPipeline): Promise<void> {
  pipeline.child.kill("SIGKILL");
  await until("the process is gone", () => pipeline.exit !== undefined);
}

/** A generator of numbers in [0, 1) that a seed fixes (Park and Miller). */
function random(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

test("kill -9 in any phase of a reset never leaves a sink half reset, and the next run makes it the view again", async () => {
  const directory = await mkdtemp(join(tmpdir(), "kill-"));
  const file = (): Promise<string> => readFile(join(directory, "out.json"), "utf8");
  const next = random(20_260_420);
  const phases = new Set<string>();
  let pipeline = new ForkedPipeline(directory, {});
  try {
    await pipeline.deploy(program(directory));
    for (let round = 0; round < 5; round += 1) {
      await until("everything is delivered", () => complete(pipeline), 20_000);
      const view = await viewOf(pipeline);
      expect(view.size).toBe((rows / 3) * 2);
      await until("the file is the view", async () => (await file()).split("\n").length > view.size);
      expect(fold(await file())).toEqual(view);

      const { token } = await pipeline.json<Token>("POST", "/outputs/v.out/reset");
      const wait = next() * 500;
      const deadline = performance.now() + wait;
      while (performance.now() < deadline) {
        phases.add((await pipeline.json<ResetStatus>("GET", `/reset-status?token=${token}`)).phase);
        await delay(1);
      }
      await kill(pipeline);
      expect(fold(await file())).toEqual(view);

      // Begun paused, the next run has an empty view; until its snapshot is committed the file stays what it was.
      pipeline = new ForkedPipeline(directory, {});
      const deployed = pipeline.deploy(program(directory), { initial: "paused" });
      const seen = fold(await file());
      expect(seen).toEqual(view);
      await deployed;
      const { status } = await pipeline.ask("GET", `/reset-status?token=${token}`);
      expect(status).toBe(410);
      await until("the first snapshot is delivered", async () => {
        const { reset } = await pipeline.json<OutputConnectorStats>("GET", "/outputs/v.out/stats");
        return reset === null;
      });
      expect(fold(await file()).size).toBe(0);
      expect((await readdir(directory)).filter((name) => name.includes("snapshot"))).toEqual([]);
      await pipeline.ask("POST", "/resume");
    }
    expect([...phases]).toEqual(expect.arrayContaining(["snapshotting", "following"]));
  } finally {
    await pipeline.remove();
    await rm(directory, { recursive: true, force: true });
  }
}, 120_000);

test("kill -9 while rows flow and resets run: the next run's sink is its view", async () => {
  const directory = await mkdtemp(join(tmpdir(), "kill-"));
  const next = random(99);
  let pipeline = new ForkedPipeline(directory, {});
  try {
    for (let round = 0; round < 4; round += 1) {
      await pipeline.deploy(program(directory));
      const deadline = performance.now() + next() * 250;
      while (performance.now() < deadline) {
        await pipeline.ask("POST", "/outputs/v.out/reset");
        await delay(next() * 30);
      }
      await kill(pipeline);
      pipeline = new ForkedPipeline(directory, {});
    }
    await pipeline.deploy(program(directory));
    await pipeline.ask("POST", "/outputs/v.out/reset");
    await until("everything is delivered", () => complete(pipeline), 20_000);
    await until("the reset is done", async () => {
      const { reset } = await pipeline.json<OutputConnectorStats>("GET", "/outputs/v.out/stats");
      return reset === null;
    });
    expect(fold(await readFile(join(directory, "out.json"), "utf8"))).toEqual(await viewOf(pipeline));
  } finally {
    await pipeline.remove();
    await rm(directory, { recursive: true, force: true });
  }
}, 120_000);
