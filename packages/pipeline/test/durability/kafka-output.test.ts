import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { describeWithKafka, sharedKafka, Topics } from "@headgate/app-kafka";
import type { InputMessage } from "@headgate/connector-kit";
import { builtinConnectors } from "@headgate/connectors";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CompletionStatus, PipelineStats, ResetStatus, Token } from "../../src/index.ts";
import { ForkedPipeline } from "../support/forked-pipeline.ts";
import { until } from "../support/until.ts";

const program = (bootstrap: string, topic: Readonly<Record<"avro" | "debezium" | "lines", string>>): string => {
  const to = (name: keyof typeof topic): string =>
    `"transport": {"name": "kafka_output", "config": {"topic": "${topic[name]}", "bootstrap.servers": "${bootstrap}"}}`;
  return `
CREATE TABLE t (id BIGINT NOT NULL PRIMARY KEY, v VARCHAR);
CREATE MATERIALIZED VIEW m WITH ('connectors' = '[
  {"name": "avro", "index": "m_by_id", "send_snapshot": true, ${to("avro")}, "format": {"name": "avro", "config": {"skip_schema_id": true}}},
  {"name": "debezium", "send_snapshot": true, ${to("debezium")},
   "format": {"name": "json", "config": {"update_format": "debezium", "key_fields": ["id"]}}},
  {"name": "lines", ${to("lines")}, "format": {"name": "json"}}]')
AS SELECT id, v FROM t WHERE v <> 'hidden';
CREATE INDEX m_by_id ON m(id);`;
};

/** An id of the program as Avro writes it: the message's key. */
function avroLong(id: number): string {
  const bytes: number[] = [];
  let rest = id * 2;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return Buffer.from([...bytes, rest]).toString("hex");
}

describeWithKafka(describe, "a pipeline that writes Kafka with storage", () => {
  let bootstrap = "";
  let topics: Topics;
  beforeAll(async () => {
    ({ bootstrap } = await sharedKafka());
    topics = new Topics(bootstrap);
  }, 240_000);
  afterAll(() => topics.close());

  async function read(topic: string): Promise<InputMessage[]> {
    const kafka = builtinConnectors.inputTransports.get("kafka_input");
    const config = { topic, "bootstrap.servers": bootstrap, start_from: "earliest", "enable.partition.eof": true, include_headers: true };
    const context = { endpointName: "test", schema: { name: "t", fields: [], primaryKey: undefined }, scratchDirectory: "" };
    const input = kafka?.create(kafka.parseConfig(config), context);
    const signal = AbortSignal.timeout(20_000);
    const messages: InputMessage[] = [];
    try {
      await input?.open(signal);
      for (let chunk = await input?.read(signal); chunk !== undefined; chunk = await input?.read(signal)) {
        if (chunk.kind === "messages") messages.push(...chunk.messages);
      }
    } finally {
      await input?.close();
    }
    return messages;
  }
  const text = (bytes: Uint8Array | null): string => Buffer.from(bytes ?? []).toString();

  /** What a reader of the newest message of each key holds, by the program's ids. */
  async function avroContent(topic: string): Promise<Map<string, string>> {
    const content = new Map<string, string>();
    for (const { key, metadata, value } of await read(topic)) {
      const operation = text((metadata?.["kafka_headers"] as ReadonlyMap<string, Uint8Array> | undefined)?.get("op") ?? null);
      const name = Buffer.from(key ?? []).toString("hex");
      if (value === null || operation === "delete") content.delete(name);
      else content.set(name, /v\d+$/.exec(text(value))?.[0] ?? "");
    }
    return content;
  }
  async function debeziumContent(topic: string): Promise<Map<number, string>> {
    const content = new Map<number, string>();
    for (const { key, value } of await read(topic)) {
      const { id } = (JSON.parse(text(key)) as { payload: { id: number } }).payload;
      const change = value === null ? { op: "d" } : (JSON.parse(text(value)) as { payload: { op: string; after?: { v: string } } }).payload;
      if (change.op === "d") content.delete(id);
      else content.set(id, change.after?.v ?? "");
    }
    return content;
  }
  /** The last word on each row. */
  async function linesContent(topic: string): Promise<Map<number, string>> {
    const rows = new Map<string, boolean>();
    for (const { value } of await read(topic)) {
      const { delete: gone, insert } = JSON.parse(text(value)) as { insert?: object; delete?: object };
      rows.set(JSON.stringify(insert ?? gone), insert !== undefined);
    }
    const held = [...rows].filter(([, there]) => there).map(([row]) => JSON.parse(row) as { id: number; v: string });
    return new Map(held.map(({ id, v }) => [id, v]));
  }

  test("loses nothing through kill -9, keeps the changes of a key in order, and can be reset", async () => {
    const directory = await mkdtemp(join(tmpdir(), "kafka-out-"));
    const compacted = { partitions: 3, config: { "cleanup.policy": "compact" } };
    const topic = {
      avro: await topics.create(compacted),
      debezium: await topics.create(compacted),
      lines: await topics.create({ partitions: 3 }),
    };
    let pipeline: ForkedPipeline | undefined;
    const start = async (): Promise<ForkedPipeline> => {
      pipeline = new ForkedPipeline(directory, {});
      await pipeline.deploy(program(bootstrap, topic), { storage: true });
      expect([pipeline.status, pipeline.output]).toEqual(["Running", expect.anything()]);
      return pipeline;
    };
    const view = new Map<number, string>();
    const feed = async (running: ForkedPipeline, round: number): Promise<void> => {
      const lines: string[] = [];
      for (let i = 0; i < 300; i += 1) {
        const id = (i * 7 + round * 31) % 500;
        const kind = (i + round) % 5;
        if (kind === 0) view.delete(id);
        else view.set(id, `v${String(round * 1000 + i)}`);
        lines.push(kind === 0 ? `{"delete": {"id": ${String(id)}}}` : `{"insert": {"id": ${String(id)}, "v": "${view.get(id) ?? ""}"}}`);
      }
      const { token } = await running.json<Token>("POST", "/ingress/t?format=json", lines.join("\n"));
      last = token;
    };
    let last = "";
    const delivered = (running: ForkedPipeline): Promise<void> =>
      until(
        "the rows are delivered",
        async () => (await running.json<CompletionStatus>("GET", `/completion-status?token=${last}`)).status === "complete",
        30_000,
      );
    const expectContent = async (): Promise<void> => {
      const byId = Object.fromEntries(view);
      expect(Object.fromEntries(await debeziumContent(topic.debezium))).toEqual(byId);
      expect(Object.fromEntries(await avroContent(topic.avro))).toEqual(Object.fromEntries([...view].map(([id, v]) => [avroLong(id), v])));
      expect(Object.fromEntries(await linesContent(topic.lines))).toEqual(byId);
    };
    try {
      let running = await start();
      for (let round = 0; round < 6; round += 1) {
        await feed(running, round);
        if (round % 2 === 0) continue;
        running.child.kill("SIGKILL");
        await until("the process is gone", () => running.exit !== undefined);
        running = await start();
      }
      await feed(running, 6);
      await delivered(running);
      await expectContent();

      const stats = await running.json<PipelineStats>("GET", "/stats");
      expect(stats.outputs.map(({ delivery, fatalError }) => [delivery, fatalError])).toEqual(
        Array.from({ length: 3 }, () => ["at_least_once", null]),
      );

      // What somebody else has written under a key goes, and so does what was left behind.
      await topics.write(topic.debezium, [
        { key: '{"payload":{"id":9999}}', value: '{"payload":{"op":"c","after":{"id":9999,"v":"v0"}}}', partition: 1 },
      ]);
      await topics.write(topic.avro, [{ key: "\x02", value: "stray v0", partition: 2 }]);
      for (const name of ["avro", "debezium"]) {
        const { token } = await running.json<Token>("POST", `/outputs/m.${name}/reset`);
        await until(
          "the reset is complete",
          async () => (await running.json<ResetStatus>("GET", `/reset-status?token=${token}`)).status === "complete",
          30_000,
        );
      }
      await expectContent();
      const refused = await running.ask("POST", "/outputs/m.lines/reset");
      expect([refused.status, refused.body]).toEqual([400, expect.stringContaining("NotSupported")]);
    } catch (error) {
      throw new Error(`${String(error)}\n${pipeline?.output ?? ""}`, { cause: error });
    } finally {
      await pipeline?.remove();
      await rm(directory, { recursive: true, force: true });
    }
  }, 180_000);

  test("what it writes as Avro comes back through kafka_input as the same rows", async () => {
    const topic = await topics.create({ partitions: 2 });
    const fields = [
      { name: "id", type: "long" },
      { name: "price", type: ["null", { type: "bytes", logicalType: "decimal", precision: 10, scale: 2 }] },
      { name: "ts", type: ["null", { type: "long", logicalType: "timestamp-micros" }] },
      { name: "tags", type: ["null", { type: "array", items: ["null", "string"] }] },
    ];
    const schema = JSON.stringify(JSON.stringify({ type: "record", name: "same", fields }));
    const to = `"config": {"topic": "${topic}", "bootstrap.servers": "${bootstrap}", "start_from": "earliest"}`;
    const columns = "id BIGINT NOT NULL PRIMARY KEY, price DECIMAL(10, 2), ts TIMESTAMP, tags VARCHAR ARRAY";
    const pipeline = await ForkedPipeline.create();
    try {
      await pipeline.deploy(`
CREATE TABLE src (${columns});
CREATE VIEW same WITH ('connectors' = '[{"name": "out", "index": "by_id", "transport": {"name": "kafka_output", ${to.replace(', "start_from": "earliest"', "")}},
  "format": {"name": "avro", "config": {"schema": ${schema}}}}]') AS SELECT id, price, ts, tags FROM src;
CREATE INDEX by_id ON same(id);
CREATE TABLE dst (${columns}) WITH ('connectors' = '[{"name": "in", "transport": {"name": "kafka_input", ${to}},
  "format": {"name": "avro", "config": {"schema": ${schema}}}}]');`);
      expect([pipeline.status, pipeline.output]).toEqual(["Running", expect.anything()]);
      const rows = Array.from({ length: 300 }, (_, id) => ({
        id,
        price: id % 7 === 0 ? null : `${String(id - 150)}.${String(10 + (id % 90))}`,
        at: `2024-02-${String(10 + (id % 19))} 12:00:00.${String(100000 + id)}`,
        tags: id % 5 === 0 ? null : ["a", null, "ü".repeat(id % 4)],
      }));
      await pipeline.ask("POST", "/ingress/src?format=json&update_format=raw", rows.map((row) => JSON.stringify(row)).join("\n"));
      const query = async (sql: string): Promise<unknown> => {
        const { body } = await pipeline.ask("GET", `/query?format=json&sql=${encodeURIComponent(sql)}`);
        return JSON.parse(body);
      };
      await until("the rows are back", async () => ((await query("SELECT count(*) AS n FROM dst")) as { n: number }).n === 300, 30_000);
      const missing = "SELECT count(*) AS n FROM (SELECT * FROM src EXCEPT SELECT * FROM dst)";
      expect(await query(missing)).toEqual({ n: 0 });
      const { inputs } = await pipeline.json<PipelineStats>("GET", "/stats?errors=true");
      expect(inputs.flatMap(({ parseErrors }) => parseErrors ?? [])).toEqual([]);
    } finally {
      await pipeline.remove();
    }
  }, 120_000);
});
