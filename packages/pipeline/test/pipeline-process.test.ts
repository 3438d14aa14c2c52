import { fork } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { CompletionStatus, Metric, OutputConnectorStats, PipelineStats, ResetStatus, TimeSeries, Token } from "../src/index.ts";
import { ForkedPipeline } from "./support/forked-pipeline.ts";
import { until } from "./support/until.ts";

const program = (directory: string): string => `
CREATE TABLE t (id INT NOT NULL PRIMARY KEY, name VARCHAR, amount DECIMAL(10,2)) WITH ('connectors' = '[
  {"name": "gen", "paused": true, "transport": {"name": "datagen", "config": {"plan": [{"limit": 5}]}}}]');
CREATE MATERIALIZED VIEW v WITH ('connectors' = '[
  {"name": "out", "send_snapshot": true, "transport": {"name": "file_output", "config": {"path": "${directory}/out.json"}}, "format": {"name": "json"}},
  {"name": "nul", "transport": {"name": "null_output"}}]')
AS SELECT name, sum(amount) AS total, count(*) AS n FROM t GROUP BY name;
CREATE VIEW plain AS SELECT id FROM t;
CREATE INDEX by_name ON v(name);`;

const query = (sql: string, format: string): string => `/query?format=${format}&sql=${encodeURIComponent(sql)}`;

describe("a deployed pipeline process", () => {
  let pipeline: ForkedPipeline;
  beforeAll(async () => {
    pipeline = await ForkedPipeline.create();
    await pipeline.deploy(program(pipeline.directory));
  });
  afterAll(() => pipeline.remove());
  const stats = () => pipeline.json<PipelineStats>("GET", "/stats?errors=true");
  const fileRows = async (): Promise<string[]> => (await readFile(join(pipeline.directory, "out.json"), "utf8")).trim().split("\n");

  test("reports its state from Initializing to Running, and answers with it", async () => {
    expect(pipeline.messages.map((message) => (message.type === "status" ? message.status : "failed"))).toEqual([
      "Initializing",
      "Running",
    ]);
    expect(await pipeline.json("GET", "/status")).toEqual({ status: "Running", incarnation: pipeline.incarnation });
  });

  test("takes JSON rows, answers a token that completes, and updates the view", async () => {
    const { token } = await pipeline.json<Token>(
      "POST",
      "/ingress/t?format=json&update_format=raw",
      '{"id":1,"name":"a","amount":1.5}\n{"id":2,"name":"b","amount":2}\n',
    );
    await until("the token completes", async () => {
      const status = await pipeline.json<CompletionStatus>("GET", `/completion-status?token=${token}`);
      return status.status === "complete";
    });
    const { body } = await pipeline.ask("GET", query("SELECT * FROM v ORDER BY name", "json"));
    expect(body).toBe('{"name":"a","total":"1.50","n":1}\n{"name":"b","total":"2.00","n":1}\n');
  });

  test("lists bad records, keeps the good ones beside them, and keeps the endpoint", async () => {
    const answer = await pipeline.ask("POST", "/ingress/t?format=csv", "3,c,3.25\noops,c,1\n");
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.body)).toMatchObject({
      code: "ParseErrors",
      message: expect.stringMatching(/^Errors parsing input data \(1 errors\):/),
      details: { num_errors: 1, errors: [{ event_number: 2, field: "id" }] },
    });
    const { inputs } = await stats();
    const csv = inputs.find((input) => input.endpointName.startsWith("t.api-ingress-") && input.metrics.numParseErrors === 1);
    expect(csv?.endpointName).toMatch(/^t\.api-ingress-[0-9a-f]{16}$/);
    expect(csv?.metrics.totalRecords).toBe(1);
    expect(csv?.parseErrors).toHaveLength(1);
    await until("the good one is processed", async () => (await stats()).global.totalCompletedRecords === 3);
  });

  test("resets its file: the token completes and the file is the view", async () => {
    const { token } = await pipeline.json<Token>("POST", "/outputs/v.out/reset");
    let status: ResetStatus | undefined;
    await until("the reset completes", async () => {
      status = await pipeline.json<ResetStatus>("GET", `/reset-status?token=${token}`);
      return status.status === "complete";
    });
    expect(status).toMatchObject({
      phase: "following",
      snapshotRecords: 3,
      snapshotRecordsSent: 3,
      error: null,
      estimatedCompletionAt: null,
    });
    expect((await fileRows()).sort()).toEqual([
      '{"insert":{"name":"a","total":"1.50","n":1}}',
      '{"insert":{"name":"b","total":"2.00","n":1}}',
      '{"insert":{"name":"c","total":"3.25","n":1}}',
    ]);
  });

  test("answers the published errors", async () => {
    const json = { name: "json", config: { array: true } };
    const cases: [method: string, path: string, code: string, body?: object][] = [
      ["POST", "/outputs/v.nul/reset", "NotSupported"],
      ["POST", "/outputs/v.nope/reset", "UnknownOutputEndpoint"],
      ["GET", "/outputs/v.nope/stats", "UnknownOutputEndpoint"],
      ["POST", "/inputs/t.nope/pause", "UnknownInputEndpoint"],
      ["GET", "/inputs/t.nope/completion-token", "UnknownInputEndpoint"],
      ["GET", "/completion-status?token=x", "InvalidParam"],
      ["GET", "/completion-status", "InvalidParam"],
      ["GET", "/reset-status?token=x", "InvalidParam"],
      ["POST", "/ingress/nope?format=json", "ConfigError.UnknownInputStream"],
      ["POST", "/ingress/t?format=xml", "ConfigError.UnknownInputFormat"],
      ["POST", "/egress/nope?format=json", "ConfigError.UnknownOutputStream"],
      ["POST", "/egress/v?format=parquet", "InvalidParam"],
      ["POST", "/egress/plain?format=json&send_snapshot=true", "ConfigError.InvalidTransportConfig"],
      ["POST", "/egress/v?format=json&update_format=raw", "ConfigError.OutputFormatNotSupported"],
      ["POST", "/egress/v", "ConfigError.UnknownIndex", { format: { name: "csv" }, index: "nope" }],
      ["POST", "/egress/v", "ConfigError.InvalidEncoderConfig", { format: json, index: "by_name" }],
      ["GET", query("SELECT * FROM nope", "text"), "AdHocQueryError"],
      ["GET", query("DROP TABLE t", "text"), "AdHocQueryError"],
      ["GET", query("SELECT 1", "yaml"), "InvalidParam"],
      ["GET", "/nowhere", "InvalidParam"],
    ];
    for (const [method, path, code, config] of cases) {
      const { body, status } = await pipeline.ask(method, path, config === undefined ? undefined : JSON.stringify(config));
      expect([path, status >= 400, (JSON.parse(body) as { code: string }).code]).toEqual([path, true, code]);
    }
  });

  test("streams a view's snapshot and then its changes, and forgets the reader who leaves", async () => {
    const response = await pipeline.open("POST", "/egress/v?format=json&send_snapshot=true&backpressure=true");
    const frames = response.setEncoding("utf8")[Symbol.asyncIterator]() as AsyncIterator<string>;
    let pending = "";
    const next = async (): Promise<{ snapshot: boolean; json_data?: unknown[] }> => {
      while (!pending.includes("\r\n")) pending += String((await frames.next()).value);
      const end = pending.indexOf("\r\n");
      const line = pending.slice(0, end);
      pending = pending.slice(end + 2);
      return JSON.parse(line) as { snapshot: boolean; json_data?: unknown[] };
    };
    const snapshot = await next();
    expect(snapshot.snapshot).toBe(true);
    expect(snapshot.json_data).toHaveLength(3);
    const live = (await stats()).outputs.filter((output) => /^v\.api-[0-9a-f-]{36}$/.test(output.endpointName));
    expect(live).toHaveLength(1);
    await pipeline.ask("POST", "/ingress/t?format=json&update_format=raw", '{"id":4,"name":"d","amount":1}\n');
    const change = await next();
    expect(change).toMatchObject({ snapshot: false, json_data: [{ insert: { name: "d", total: "1.00", n: 1 } }] });
    response.destroy();
    await until("the endpoint is gone", async () => (await stats()).outputs.every((output) => !output.endpointName.includes(".api-")));
  });

  test("blocks ingress while paused, unless it is forced", async () => {
    await pipeline.ask("POST", "/pause");
    await until("it reports Paused", () => pipeline.status === "Paused");
    const blocked = pipeline.ask("POST", "/ingress/t?format=json&update_format=raw", '{"id":10,"name":"late","amount":1}\n');
    const forced = await pipeline.ask("POST", "/ingress/t?format=json&update_format=raw&force=true", '{"id":11,"name":"now","amount":1}\n');
    expect(forced.status).toBe(200);
    await until(
      "the forced row is in",
      async () => (await pipeline.ask("GET", query("SELECT * FROM t WHERE name = 'now'", "json"))).body !== "",
    );
    expect((await pipeline.ask("GET", query("SELECT * FROM t WHERE name = 'late'", "json"))).body).toBe("");
    await pipeline.ask("POST", "/resume");
    expect((await blocked).status).toBe(200);
    await until("it reports Running", () => pipeline.status === "Running");
  });

  test("inserts through the step loop, and every format tells the same", async () => {
    expect((await pipeline.ask("GET", query("INSERT INTO t VALUES (20, 'q', 7.5)", "text"))).body).toContain("| 1     |");
    expect((await pipeline.ask("GET", query("SELECT id, amount FROM t WHERE name = 'q'", "text"))).body).toBe(
      "+----+--------+\n| id | amount |\n+----+--------+\n| 20 | 7.50   |\n+----+--------+\n",
    );
    const hash = (await pipeline.ask("GET", query("SELECT * FROM t ORDER BY id", "hash"))).body;
    expect(hash).toMatch(/^[0-9A-F]{64}$/);
    expect((await pipeline.ask("GET", query("SELECT * FROM t ORDER BY id DESC", "hash"))).body).toBe(hash);
    expect((await pipeline.ask("GET", query("SELECT * FROM t", "parquet"))).body.startsWith("PAR1")).toBe(true);
  });

  test("starts and pauses an input, and counts what it did", async () => {
    expect((await pipeline.ask("POST", "/inputs/t.gen/start")).status).toBe(204);
    await until("it ended", async () => (await stats()).inputs.some((input) => input.endpointName === "t.gen" && input.metrics.endOfInput));
    await until("it is complete", async () => (await stats()).global.pipelineComplete);
    const all = await stats();
    expect(all.inputs.find((input) => input.endpointName === "t.gen")).toMatchObject({
      paused: false,
      health: null,
      metrics: { totalRecords: 5, bufferedRecords: 0 },
    });
    expect(all.global.totalCompletedRecords).toBe(all.global.totalInputRecords);
    expect(all.global.totalCompletedSteps).toBe(all.global.totalInitiatedSteps);
    expect(all.global.rssBytes).toBeGreaterThan(10_000_000);
    expect(all.global.cpuMsecs).toBeGreaterThan(0);
    const output = await pipeline.json<OutputConnectorStats>("GET", "/outputs/v.nul/stats");
    expect(output.metrics.transmittedRecords).toBeGreaterThan(0);
  });

  test("gives metrics and a time series of what it measured", async () => {
    const metrics = await pipeline.json<Metric[]>("GET", "/metrics");
    const total = metrics.find((metric) => metric.key === "records_processed_total");
    expect(total?.values[0]?.value).toBe((await stats()).global.totalProcessedRecords);
    expect(metrics.find((metric) => metric.key === "step_latency_seconds")?.type).toBe("histogram");
    const series = await pipeline.json<TimeSeries>("GET", "/time-series");
    expect(series.samples.length).toBeGreaterThan(0);
    const stream = await pipeline.open("GET", "/time-series-stream");
    const first = (await stream[Symbol.asyncIterator]().next()).value as Buffer;
    expect(JSON.parse(first.toString().split("\n")[0] ?? "")).toMatchObject({ t: series.samples[0]?.t });
    stream.destroy();
  });

  test("stops gracefully: answers, removes its socket, exits 0", async () => {
    expect((await pipeline.ask("POST", "/stop")).status).toBe(204);
    await until("it exits", () => pipeline.exit !== undefined);
    expect(pipeline.exit).toEqual({ code: 0, signal: null });
    expect(existsSync(pipeline.socketPath)).toBe(false);
    expect(pipeline.output).toMatch(/input connector t\.gen: end of input after 5 records/);
    expect(pipeline.output).toMatch(/output connector v\.out: snapshot 2 of 3 records complete/);
  });
});

describe("resets of a file while rows flow", () => {
  test("leave a file that, applied line by line, is the view", async () => {
    const pipeline = await ForkedPipeline.create();
    try {
      const output = join(pipeline.directory, "v.json");
      const plan = [
        {
          limit: 3000,
          rate: 5000,
          worker_chunk_size: 50,
          fields: { id: { range: [0, 200] }, n: { strategy: "uniform", range: [0, 1000] } },
        },
      ];
      await pipeline.deploy(`
        CREATE TABLE t (id INT NOT NULL PRIMARY KEY, n INT) WITH ('materialized' = 'true', 'connectors' = '[
          {"name": "gen", "max_batch_size": 50, "transport": {"name": "datagen", "config": {"plan": ${JSON.stringify(plan)}}}}]');
        CREATE MATERIALIZED VIEW v WITH ('connectors' = '[{"name": "out", "mode": "snapshot_and_follow",
          "transport": {"name": "file_output", "config": {"path": "${output}"}}, "format": {"name": "json"}}]')
        AS SELECT n % 10 AS k, count(*) AS c, CAST(sum(n) AS BIGINT) AS total FROM t GROUP BY n % 10;`);
      const complete = async (): Promise<boolean> => (await pipeline.json<PipelineStats>("GET", "/stats")).global.pipelineComplete;
      const tokens: string[] = [];
      while (!(await complete())) {
        tokens.push((await pipeline.json<Token>("POST", "/outputs/v.out/reset")).token);
        await pipeline.ask("POST", tokens.length % 2 === 0 ? "/inputs/t.gen/pause" : "/inputs/t.gen/start");
        await delay(20);
      }
      await until("every reset completes", async () => {
        const last = await pipeline.json<ResetStatus>("GET", `/reset-status?token=${tokens.at(-1) ?? ""}`);
        return last.status === "complete";
      });
      await until("everything is delivered", complete);
      const rows = new Map<string, number>();
      for (const line of (await readFile(output, "utf8")).trim().split("\n")) {
        const change = JSON.parse(line) as { insert?: object; delete?: object };
        const key = JSON.stringify(change.insert ?? change.delete);
        rows.set(key, (rows.get(key) ?? 0) + (change.insert === undefined ? -1 : 1));
      }
      const { body } = await pipeline.ask("GET", query("SELECT * FROM v", "json"));
      expect(tokens.length).toBeGreaterThan(5);
      expect(
        [...rows]
          .filter(([, count]) => count !== 0)
          .map(([key, count]) => `${key} × ${String(count)}`)
          .sort(),
      ).toEqual(
        body
          .trim()
          .split("\n")
          .map((line) => `${line} × 1`)
          .sort(),
      );
    } finally {
      await pipeline.remove();
    }
  });
});

describe("an ingress request that breaks off", () => {
  test("keeps its whole records, drops the half one, and leaves the endpoint working", async () => {
    const pipeline = await ForkedPipeline.create();
    try {
      await pipeline.deploy("CREATE TABLE t (id INT, name VARCHAR) WITH ('materialized' = 'true');");
      const outgoing = request({ socketPath: pipeline.socketPath, method: "POST", path: "/ingress/t?format=csv" });
      outgoing.on("error", () => undefined);
      outgoing.write("1,whole\n2,ha");
      const count = async (): Promise<string> => (await pipeline.ask("GET", query("SELECT count(*) AS n FROM t", "json"))).body;
      await until("the request is being read", async () => {
        const { inputs } = await pipeline.json<PipelineStats>("GET", "/stats");
        return inputs.length === 1;
      });
      outgoing.destroy();
      const answer = await pipeline.ask("POST", "/ingress/t?format=csv", "3,next\n");
      expect(answer.status).toBe(200);
      await until("the next row is in", async () => {
        const { body } = await pipeline.ask("GET", query("SELECT id FROM t WHERE id > 1", "json"));
        return body === '{"id":3}\n';
      });
      expect(['{"n":1}\n', '{"n":2}\n']).toContain(await count());
    } finally {
      await pipeline.remove();
    }
  });
});

describe("a pipeline process ends", () => {
  test("with the published code and exit 1 when a connector cannot start, without showing a secret", async () => {
    const pipeline = await ForkedPipeline.create();
    try {
      const sql = `CREATE TABLE t (id INT) WITH ('connectors' = '[{"name": "c", "transport": {"name": "file_input", "config": {"path": "/nonexistent/\${env:CANARY}"}}, "format": {"name": "json"}}]');`;
      await pipeline.deploy(sql, { env: { CANARY: "s3cr3t-canary" } });
      const last = pipeline.messages.at(-1);
      expect(last).toMatchObject({ type: "failed", error: { code: "InputTransportError" } });
      await until("it exits", () => pipeline.exit !== undefined);
      expect(pipeline.exit?.code).toBe(1);
      expect(JSON.stringify(last) + pipeline.output).not.toContain("s3cr3t-canary");
    } finally {
      await pipeline.remove();
    }
  });

  test("on SIGTERM with exit 0, and its folder can be used again", async () => {
    const pipeline = await ForkedPipeline.create();
    try {
      await pipeline.deploy(program(pipeline.directory), { initial: "paused" });
      expect(pipeline.status).toBe("Paused");
      pipeline.child.kill("SIGTERM");
      await until("it exits", () => pipeline.exit !== undefined);
      expect(pipeline.exit).toEqual({ code: 0, signal: null });
    } finally {
      await pipeline.remove();
    }
  });

  test("when its parent is killed with -9", async () => {
    const directory = await mkdtemp(join(tmpdir(), "orphan-"));
    try {
      const parent = join(directory, "parent.mjs");
      const entry = join(import.meta.dirname, "../src/pipeline-process.ts");
      await writeFile(
        parent,
        `import { fork } from "node:child_process";
         const child = fork(${JSON.stringify(entry)}, { execArgv: ["--conditions=headgate-source"] });
         child.once("spawn", () => process.send(child.pid));
         setInterval(() => undefined, 1000);`,
      );
      const killed = fork(parent);
      const pid = await new Promise<number>((resolve) =>
        killed.once("message", (message) => {
          resolve(message as number);
        }),
      );
      const alive = (): boolean => {
        try {
          process.kill(pid, 0);
          return true;
        } catch {
          return false;
        }
      };
      expect(alive()).toBe(true);
      killed.kill("SIGKILL");
      await until("the orphan is gone", () => !alive());
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  });
});
