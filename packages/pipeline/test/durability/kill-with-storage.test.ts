import { appendFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import type { CheckpointMetadata, CheckpointStatus, PipelineStats, RuntimeReport, Token } from "../../src/index.ts";
import { ForkedPipeline } from "../support/forked-pipeline.ts";
import { until } from "../support/until.ts";

const program = (directory: string, view = "SELECT g, count(*) AS n, sum(amount) AS total FROM t GROUP BY g"): string => `
CREATE TABLE t (id BIGINT NOT NULL PRIMARY KEY, g INT, amount BIGINT) WITH ('connectors' = '[
  {"name": "file", "transport": {"name": "file_input", "config": {"path": "${directory}/in.json", "follow": true}},
   "format": {"name": "json", "config": {"update_format": "raw"}}}]');
CREATE MATERIALIZED VIEW v WITH ('connectors' = '[
  {"name": "out", "transport": {"name": "file_output", "config": {"path": "${directory}/out.json"}}, "format": {"name": "json"}},
  {"name": "snap", "send_snapshot": true, "transport": {"name": "file_output", "config": {"path": "${directory}/snap.json"}}, "format": {"name": "json"}}]')
AS ${view};
CREATE VIEW same WITH ('connectors' = '[
  {"name": "all", "transport": {"name": "file_output", "config": {"path": "${directory}/all.json"}}, "format": {"name": "json"}}]')
AS SELECT id, amount FROM t;`;

const line = (id: number): string => `${JSON.stringify({ id, g: id % 7, amount: id * 3 })}\n`;
const lines = (from: number, to: number): string => Array.from({ length: to - from }, (_, i) => line(from + i)).join("");

/** The rows that changes leave when they are applied in order. @throws for a row that is removed more often than it was added */
function fold(text: string): Record<string, number> {
  const content: Record<string, number> = {};
  for (const change of text.split("\n")) {
    if (change === "") continue;
    const { delete: removed, insert } = JSON.parse(change) as { insert?: object; delete?: object };
    const key = JSON.stringify(insert ?? removed);
    const weight = (content[key] ?? 0) + (insert === undefined ? -1 : 1);
    if (weight === 0) delete content[key];
    else content[key] = weight;
  }
  return content;
}
const rowsOf = async (pipeline: ForkedPipeline, sql: string): Promise<string[]> =>
  (await pipeline.ask("GET", `/query?format=json&sql=${encodeURIComponent(sql)}`)).body.split("\n").filter((row) => row !== "");
const asContent = (rows: readonly string[]): Record<string, number> => Object.fromEntries(rows.map((row) => [row, 1]));
const stats = (pipeline: ForkedPipeline): Promise<PipelineStats> => pipeline.json<PipelineStats>("GET", "/stats");

async function settled(pipeline: ForkedPipeline, records: number): Promise<void> {
  await until(
    "all rows are delivered",
    async () => {
      const { global, outputs } = await stats(pipeline);
      return global.totalCompletedRecords >= records && outputs.every(({ reset }) => reset === null);
    },
    30_000,
  );
}
async function kill(pipeline: ForkedPipeline): Promise<void> {
  pipeline.child.kill("SIGKILL");
  await until("the process is gone", () => pipeline.exit !== undefined);
}

interface Place {
  readonly directory: string;
  pipeline: ForkedPipeline;
  restart(sql: string, options?: Parameters<ForkedPipeline["deploy"]>[1], env?: Record<string, string>): Promise<ForkedPipeline>;
}

async function inPlace(run: (place: Place) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), "durable-"));
  await appendFile(join(directory, "in.json"), "");
  const place: Place = {
    directory,
    pipeline: new ForkedPipeline(directory, {}),
    async restart(sql, options = {}, env = {}) {
      if (place.pipeline.exit === undefined && place.pipeline.messages.length > 0) await kill(place.pipeline);
      else if (place.pipeline.exit === undefined) place.pipeline.child.kill("SIGKILL");
      place.pipeline = new ForkedPipeline(directory, env);
      await place.pipeline.deploy(sql, { storage: true, ...options });
      return place.pipeline;
    },
  };
  try {
    await run(place);
  } catch (error) {
    throw new Error(`${String(error)}\n${place.pipeline.output}`, { cause: error });
  } finally {
    await place.pipeline.remove();
    await rm(directory, { recursive: true, force: true });
  }
}

/** Both outputs, and what stands behind them, hold every row once. */
async function expectExact({ directory, pipeline }: Place, rows: number): Promise<void> {
  await settled(pipeline, rows);
  const read = (name: string): Promise<string> => readFile(join(directory, name), "utf8");
  const view = asContent(await rowsOf(pipeline, "SELECT * FROM v"));
  expect((await rowsOf(pipeline, "SELECT count(*) AS n, count(DISTINCT id) AS d FROM t"))[0]).toBe(
    `{"n":${String(rows)},"d":${String(rows)}}`,
  );
  expect(fold(await read("out.json"))).toEqual(view);
  expect(fold(await read("snap.json"))).toEqual(view);
  const ids = (await read("all.json"))
    .split("\n")
    .filter((text) => text !== "")
    .map((text) => (JSON.parse(text) as { insert: { id: number } }).insert.id);
  expect(ids.length).toBe(rows);
  expect(new Set(ids).size).toBe(rows);
}

test(
  "rows, positions, views and files go on exactly after kill -9 at any time",
  () =>
    inPlace(async (place) => {
      const { directory } = place;
      let rows = 0;
      for (let round = 0; round < 5; round += 1) {
        const sql = program(directory);
        const pipeline = await place.restart(sql);
        // A half-written line is there when the process dies; its other half comes after the restart.
        const next = rows + 400 + round * 150;
        const text = lines(rows, next);
        await appendFile(join(directory, "in.json"), round === 0 ? text.slice(0, -9) : text);
        if (round === 0) {
          await until("some rows are in", async () => (await stats(pipeline)).global.totalProcessedRecords > 100);
          await kill(pipeline);
          await place.restart(sql);
          await appendFile(join(directory, "in.json"), text.slice(-9));
        }
        rows = next;
        if (round % 2 === 0) await expectExact(place, rows);
      }
      await place.restart(program(directory));
      await expectExact(place, rows);
    }),
  120_000,
);

test(
  "what HTTP ingress acknowledged survives kill -9, and counts go on",
  () =>
    inPlace(async (place) => {
      const sql = program(place.directory);
      let pipeline = await place.restart(sql);
      const { token } = await pipeline.json<Token>("POST", "/ingress/t?format=json&update_format=raw", lines(0, 50));
      await kill(pipeline);
      pipeline = await place.restart(sql, { initial: "paused" });
      expect(await rowsOf(pipeline, "SELECT count(*) AS n FROM t")).toEqual(['{"n":50}']);
      expect((await stats(pipeline)).global.totalInputRecords).toBe(50);
      expect((await pipeline.ask("GET", `/completion-status?token=${token}`)).status).toBe(410);
      await pipeline.ask("POST", "/resume");
      await pipeline.json<Token>("POST", "/ingress/t?format=json&update_format=raw", lines(50, 60));
      await pipeline.ask("GET", `/query?format=json&sql=${encodeURIComponent("INSERT INTO t VALUES (60, 1, 1)")}`);
      await kill(pipeline);
      await place.restart(sql);
      await expectExact(place, 61);
    }),
  60_000,
);

test(
  "suspend writes everything and ends with 0; a later start resumes, paused connectors stay paused",
  () =>
    inPlace(async (place) => {
      const sql = program(place.directory);
      let pipeline = await place.restart(sql);
      await appendFile(join(place.directory, "in.json"), lines(0, 300));
      await settled(pipeline, 300);
      expect(await pipeline.json("POST", "/checkpoint")).toEqual({ sequenceNumber: 1 });
      await until("the checkpoint is taken", async () => {
        return (await pipeline.json<CheckpointStatus>("GET", "/checkpoint-status")).success === 1;
      });
      expect(await pipeline.json<CheckpointMetadata[]>("GET", "/checkpoints")).toMatchObject([{ processedRecords: 300 }]);
      await pipeline.ask("POST", "/inputs/t.file/pause");
      await appendFile(join(place.directory, "in.json"), lines(300, 400));
      expect((await pipeline.ask("POST", "/suspend")).status).toBe(200);
      await until("the process has ended", () => pipeline.exit !== undefined);
      expect(pipeline.exit).toEqual({ code: 0, signal: null });
      expect(pipeline.messages.at(-1)).toEqual({ type: "status", status: "Suspended" });
      pipeline = await place.restart(sql);
      expect(pipeline.messages.map((message) => (message.type === "status" ? message.status : ""))).toEqual(["Initializing", "Running"]);
      expect(await pipeline.json<CheckpointMetadata[]>("GET", "/checkpoints")).toHaveLength(2);
      const { inputs, outputs } = await stats(pipeline);
      expect(inputs[0]).toMatchObject({ paused: true, metrics: { totalRecords: 300 } });
      expect(outputs.map(({ delivery, reset }) => [delivery, reset])).toEqual(outputs.map(() => ["exactly_once", null]));
      await pipeline.ask("POST", "/inputs/t.file/start");
      await expectExact(place, 400);
    }),
  60_000,
);

test(
  "a changed view is built anew, asks for approval if told so, and everything else is kept",
  () =>
    inPlace(async (place) => {
      let pipeline = await place.restart(program(place.directory));
      await appendFile(join(place.directory, "in.json"), lines(0, 200));
      await settled(pipeline, 200);
      const changed = program(place.directory, "SELECT g, max(amount) AS n, min(amount) AS total FROM t GROUP BY g");
      pipeline = await place.restart(changed, { bootstrap: { policy: "reject", silent: false } });
      expect(pipeline.messages.at(-1)).toMatchObject({ type: "failed", error: { code: "BootstrapRejected" } });
      pipeline = await place.restart(changed, { bootstrap: { policy: "await_approval", silent: false } });
      expect(await pipeline.json<RuntimeReport>("GET", "/status")).toMatchObject({
        status: "AwaitingApproval",
        change: { views: { modified: ["v"] }, tables: { modified: [] } },
      });
      expect((await pipeline.ask("GET", "/stats")).status).toBe(503);
      expect((await pipeline.ask("POST", "/approve")).status).toBe(204);
      await until("it runs", () => pipeline.status === "Running");
      expect((await pipeline.ask("POST", "/approve")).status).toBe(400);
      await expectExact(place, 200);
      await kill(pipeline);
      await appendFile(join(place.directory, "in.json"), lines(200, 250));
      await place.restart(changed);
      await expectExact(place, 250);
    }),
  90_000,
);

test(
  "silently changed views send only what changes from then on",
  () =>
    inPlace(async (place) => {
      let pipeline = await place.restart(program(place.directory));
      await appendFile(join(place.directory, "in.json"), lines(0, 70));
      await settled(pipeline, 70);
      expect((await pipeline.ask("POST", "/suspend")).status).toBe(200);
      await until("the process has ended", () => pipeline.exit !== undefined);
      const before = await readFile(join(place.directory, "out.json"), "utf8");
      const changed = program(place.directory, "SELECT g, max(amount) AS n, min(amount) AS total FROM t GROUP BY g");
      pipeline = await place.restart(changed, { bootstrap: { policy: "allow", silent: true } });
      expect(pipeline.messages).toContainEqual({ type: "status", status: "Bootstrapping" });
      await appendFile(join(place.directory, "in.json"), line(70));
      await settled(pipeline, 71);
      const added = (await readFile(join(place.directory, "out.json"), "utf8")).slice(before.length).trim().split("\n");
      expect(added.map((text) => JSON.parse(text) as unknown)).toEqual([
        { delete: { g: 0, n: 189, total: 0 } },
        { insert: { g: 0, n: 210, total: 0 } },
      ]);
    }),
  60_000,
);

test(
  "a storage that another process holds, or whose journal is damaged, is refused by name",
  () =>
    inPlace(async (place) => {
      const sql = program(place.directory);
      const first = await place.restart(sql);
      await first.json<Token>("POST", "/ingress/t?format=json&update_format=raw", lines(0, 5));
      const second = new ForkedPipeline(place.directory, {});
      await second.deploy(sql, { storage: true });
      expect(second.messages.at(-1)).toMatchObject({
        type: "failed",
        error: { code: "StorageError", message: expect.stringContaining(`in use by process ${String(first.child.pid)}`) },
      });
      await until("the second is gone", () => second.exit !== undefined);
      await kill(first);
      const path = join(place.directory, "storage", "journal", "journal-00000001.log");
      await writeFile(path, "nonsense");
      const third = await place.restart(sql);
      expect(third.messages.at(-1)).toMatchObject({
        type: "failed",
        error: { code: "StorageError", message: expect.stringContaining(path) },
      });
    }),
  60_000,
);

test.each([
  ["journal.written:7", "recovery.begun:1"],
  ["commit.begun:2", "recovery.replayed:1"],
  ["commit.done:2", "recovery.done:1"],
  ["output.written:6", "recovery.replayed:2"],
  ["reset.sending:1", "reset.committed:1"],
])(
  "a process that dies at %s, and again at %s, loses nothing and repeats nothing",
  (point, again) =>
    inPlace(async (place) => {
      const sql = program(place.directory);
      await place.restart(sql, {}, { HEADGATE_CRASH_POINT: point });
      const dying = place.pipeline;
      let rows = 0;
      for (let round = 0; round < 100 && dying.exit === undefined; round += 1) {
        await appendFile(join(place.directory, "in.json"), lines(rows, rows + 30));
        rows += 30;
        if (round === 3) await dying.ask("POST", "/outputs/v.snap/reset").catch(() => undefined);
        await until("the rows are in, or the process is gone", async () => {
          if (dying.exit !== undefined) return true;
          const answer = await stats(dying).catch(() => undefined);
          return answer !== undefined && answer.global.totalCompletedRecords >= rows;
        });
      }
      await until("the process is gone", () => dying.exit !== undefined);
      expect(dying.exit?.signal).toBe("SIGKILL");
      await place.restart(sql, {}, { HEADGATE_CRASH_POINT: again });
      await place.restart(sql);
      await expectExact(place, rows);
    }),
  90_000,
);
