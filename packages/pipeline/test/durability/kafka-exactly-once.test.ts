import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { describeWithKafka, sharedKafka, Topics, type Written } from "@headgate/app-kafka";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CompletionStatus, PipelineStats, Token } from "../../src/index.ts";
import { ForkedPipeline } from "../support/forked-pipeline.ts";
import { until } from "../support/until.ts";

const partitions = 3;
const program = (directory: string, topic: string, bootstrap: string, startFrom: string): string => `
CREATE TABLE t (n BIGINT NOT NULL, p INT NOT NULL DEFAULT CAST(CONNECTOR_METADATA()['kafka_partition'] AS INT)) WITH ('materialized' = 'true', 'connectors' = '[
  {"name": "kafka", "transport": {"name": "kafka_input", "config": {"topic": "${topic}", "bootstrap.servers": "${bootstrap}",
    "start_from": "${startFrom}", "include_partition": true, "fetch.wait.max.ms": 50, "max.partition.fetch.bytes": 20000}},
   "format": {"name": "json", "config": {"update_format": "raw"}}}]');
CREATE TABLE other (n BIGINT);
CREATE VIEW same WITH ('connectors' = '[
  {"name": "out", "transport": {"name": "file_output", "config": {"path": "${directory}/out.json"}}, "format": {"name": "json"}}]')
AS SELECT n FROM t;`;

/** Messages of one row, of several, of none, and of what is no row. */
function messages(count: number): { readonly written: readonly Written[]; readonly rows: number } {
  const written: Written[] = [];
  let n = 0;
  for (let i = 0; n < count; i += 1) {
    const partition = i % partitions;
    if (i % 97 === 0) written.push({ value: `{"n": "poison ${String(i)}"}`, partition });
    if (i % 89 === 0) written.push({ value: null, partition });
    const rows = Array.from({ length: i % 13 === 0 ? 5 : 1 }, () => `{"n": ${String(n++)}}\n`);
    written.push({ value: rows.join(""), partition });
  }
  return { written, rows: n };
}

describeWithKafka(describe, "a pipeline that reads Kafka with storage", () => {
  let bootstrap = "";
  let topics: Topics;
  beforeAll(async () => {
    ({ bootstrap } = await sharedKafka());
    topics = new Topics(bootstrap);
  }, 240_000);
  afterAll(() => topics.close());

  const stats = (pipeline: ForkedPipeline): Promise<PipelineStats> => pipeline.json<PipelineStats>("GET", "/stats?errors=true");
  const kill = async (pipeline: ForkedPipeline): Promise<void> => {
    pipeline.child.kill("SIGKILL");
    await until("the process is gone", () => pipeline.exit !== undefined);
  };
  async function inPlace(
    startFrom: string,
    run: (place: { directory: string; topic: string; start: () => Promise<ForkedPipeline> }) => Promise<void>,
  ): Promise<void> {
    const directory = await mkdtemp(join(tmpdir(), "kafka-once-"));
    const topic = await topics.create({ partitions });
    let pipeline: ForkedPipeline | undefined;
    const start = async (): Promise<ForkedPipeline> => {
      pipeline = new ForkedPipeline(directory, {});
      await pipeline.deploy(program(directory, topic, bootstrap, startFrom), { storage: true });
      expect(pipeline.status).toBe("Running");
      return pipeline;
    };
    try {
      await run({ directory, topic, start });
    } catch (error) {
      throw new Error(`${String(error)}\n${pipeline?.output ?? ""}`, { cause: error });
    } finally {
      await pipeline?.remove();
      await rm(directory, { recursive: true, force: true });
    }
  }
  const consumed = async (pipeline: ForkedPipeline): Promise<number> => (await stats(pipeline)).global.totalCompletedRecords;

  test(
    "takes every row exactly once through kill -9 at any time, and tells of the poisoned ones where they stand",
    () =>
      inPlace("earliest", async ({ directory, start, topic }) => {
        const { rows, written } = messages(12_000);
        const writing = topics.write(topic, written);
        let pipeline = await start();
        for (const share of [0.1, 0.3, 0.6, 0.9]) {
          await until("rows have come", async () => (await stats(pipeline)).global.totalInputRecords >= rows * share, 20_000);
          await kill(pipeline);
          pipeline = await start();
        }
        await writing;
        await until("all rows are delivered", async () => (await consumed(pipeline)) >= rows, 30_000);
        const { body } = await pipeline.ask(
          "GET",
          `/query?format=json&sql=${encodeURIComponent("SELECT count(*) AS n, count(DISTINCT n) AS d, count(DISTINCT p) AS p FROM t")}`,
        );
        expect(JSON.parse(body)).toEqual({ n: rows, d: rows, p: partitions });
        const delivered = (await readFile(join(directory, "out.json"), "utf8")).trim().split("\n");
        const ids = delivered.map((line) => (JSON.parse(line) as { insert: { n: number } }).insert.n);
        expect([ids.length, new Set(ids).size]).toEqual([rows, rows]);

        await topics.write(topic, [
          { value: "not JSON", partition: 1 },
          { value: `{"n": ${String(rows)}}`, partition: 1 },
        ]);
        await until("the row behind the poison has come", async () => (await consumed(pipeline)) === rows + 1);
        const [input] = (await stats(pipeline)).inputs;
        const last = input?.parseErrors?.at(-1)?.message;
        expect(last).toContain("failed to parse a JSON record: not valid JSON");
        expect(last).toMatch(new RegExp(`\\(topic "${topic}", partition 1, offset \\d+\\)`));
        expect(input?.fatalError).toBeNull();
      }),
    120_000,
  );

  test(
    "that begins at the end of a topic goes on where it began, also when no row had come before kill -9",
    () =>
      inPlace("latest", async ({ start, topic }) => {
        await topics.write(topic, ['{"n": -1}']);
        const first = await start();
        // What the connector has kept is on disk when what came after it is.
        await until("the connector reads", async () => (await stats(first)).inputs[0]?.paused === false);
        const { token } = await first.json<Token>("POST", "/ingress/other?format=json&update_format=raw", '{"n": 1}');
        await until(
          "it is kept",
          async () => (await first.json<CompletionStatus>("GET", `/completion-status?token=${token}`)).status === "complete",
        );
        await kill(first);
        await topics.write(topic, messages(30).written);
        const second = await start();
        await until("the rows have come", async () => (await consumed(second)) >= 31);
        const { body } = await second.ask("GET", `/query?format=json&sql=${encodeURIComponent("SELECT min(n) AS least FROM t")}`);
        expect(JSON.parse(body)).toEqual({ least: 0 });
      }),
    60_000,
  );
});
