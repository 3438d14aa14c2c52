import { connectors, copyProgram, datagen, nullOutput } from "../kit/programs.ts";
import { openSession, waitMs } from "../kit/session.ts";
import type { Suite } from "../kit/suite-kit.ts";
import { until } from "../kit/until.ts";

export const inputConnectorsSuite: Suite = (kit) => {
  const { test, assert } = kit;

  test("controlInputConnector: the published orchestration matrix on a paused pipeline", async () => {
    const { client, sendTo, withRunning } = openSession(kit);
    const sql = `CREATE TABLE numbers1 (id INT) WITH (${connectors([datagen("c1", { limit: 1 })])});`;
    const body = async (pipeline: string) => {
      const root = `/v0/pipelines/${pipeline}`;
      const connector = (table: string, name: string, action: string) => `${root}/tables/${table}/connectors/${name}/${action}`;
      const cases: readonly (readonly [path: string, status: number])[] = [
        [`${root}/resume`, 202],
        [`${root}/pause`, 202],
        [connector("numbers1", "c1", "start"), 200],
        [connector("numbers1", "c1", "pause"), 200],
        [connector("Numbers1", "c1", "start"), 200],
        [connector("NUMBERS1", "c1", "pause"), 200],
        [connector("%22numbers1%22", "c1", "start"), 200],
        [connector("numbers1", "c1", "action2"), 400],
        [connector("numbers1", "c1", "START"), 400],
        [`${root}/action2`, 404],
        [`${root}/Start`, 404],
        [`/v0/pipelines/no-such-pipeline/tables/numbers1/connectors/c1/start`, 404],
        [connector("numbers1", "c2", "start"), 404],
        [connector("numbers1", "C1", "start"), 404],
        [connector("numbers2", "c1", "start"), 404],
        [connector("%22Numbers1%22", "c1", "start"), 404],
      ];
      for (const [path, status] of cases) {
        const response = await sendTo(path, { method: "POST" });
        const text = await response.text();
        assert.equal(response.status, status, `${path}: ${text}`);
        if (status === 200) assert.equal(text, "", "success has no body");
      }
      assert.equal((await client.connectors.stats(pipeline, "numbers1", "c1")).paused, false);
    };
    await withRunning(sql, body, "paused");
  });

  for (const table of ["numbers", "numbersC0_", '"Numbers"', '"numbers +C0_-,.!%()&/"']) {
    test(`controlInputConnector finds the table ${table} by its percent-encoded name`, async () => {
      const { client, withRunning, expectFailure } = openSession(kit);
      const sql = `CREATE TABLE ${table} (id INT) WITH (${connectors([datagen("c1", { limit: 5 })])});`;
      await withRunning(sql, async (pipeline) => {
        await client.connectors.pause(pipeline, table, "c1");
        await client.connectors.start(pipeline, table, "c1");
        const stats = await client.connectors.stats(pipeline, table, "c1");
        const canonical = table.startsWith('"') ? table.slice(1, -1) : table.toLowerCase();
        assert.deepEqual([stats.endpoint_name, stats.config.stream], [`${canonical}.c1`, canonical]);
        await expectFailure(client.connectors.stats(pipeline, table, "C1"), 404, "UnknownInputEndpoint");
      });
    });
  }

  test("controlInputConnector checks the action, the pipeline, its process and the connector, in this order", async () => {
    const { send, withPipeline, client, expectError } = openSession(kit);
    const path = { pipeline_name: "no-such-pipeline", table_name: "t", connector_name: "c1", action: "stop" };
    const action = await expectError(send("controlInputConnector", { path }), 400, "InvalidConnectorAction");
    assert.deepEqual(action.details, { action: "stop" });
    assert.equal(action.message, "Invalid connector action 'stop'; valid actions are: 'start' or 'pause'");
    await withPipeline(copyProgram([datagen("c1", { limit: 1 })]), async (pipeline) => {
      const known = { ...path, pipeline_name: pipeline, action: "pause" };
      await expectError(send("controlInputConnector", { path: { ...known, connector_name: "c2" } }), 503, "PipelineInteractionNotDeployed");
      await client.pipelines.startAndWait(pipeline, { initial: "paused", timeoutMs: waitMs });
      const unknown = await expectError(
        send("controlInputConnector", { path: { ...known, connector_name: "c2" } }),
        404,
        "UnknownInputEndpoint",
      );
      assert.deepEqual(unknown.details, { endpoint_name: "t.c2" });
      assert.equal(unknown.message, "unknown input endpoint name 't.c2'");
    });
  });

  test("a paused connector takes in no more rows, keeps those that it has, and goes on when it is started", async () => {
    const { client, withRunning } = openSession(kit);
    await withRunning(copyProgram([datagen("c1", { rate: 2000 }, { paused: true })], [nullOutput("o")]), async (pipeline) => {
      const stats = () => client.connectors.stats(pipeline, "t", "c1");
      const records = async () => (await stats()).metrics.total_records;
      assert.deepEqual([(await stats()).paused, await records()], [true, 0]);
      await client.connectors.start(pipeline, "t", "c1");
      await until("rows came in", async () => ((await records()) > 0 ? true : undefined));
      await client.connectors.pause(pipeline, "t", "c1");
      assert.equal((await stats()).paused, true);
      let last = -1;
      const settled = await until("the count settled", async () => {
        const now = await records();
        const same = now === last;
        last = now;
        return same ? now : undefined;
      });
      await until("all that had come in was processed", async () => {
        const { global_metrics: all } = await client.pipelines.stats(pipeline);
        return all.total_completed_records === settled && all.total_input_records === settled ? true : undefined;
      });
      assert.equal((await client.pipelines.get(pipeline)).deployment_status, "Running", "a connector's flag is its own");
      await client.connectors.start(pipeline, "t", "c1");
      await until("rows came in again", async () => ((await records()) > settled ? true : undefined));
    });
  });

  test("a connector reads only when both it and its pipeline run, and neither changes the other", async () => {
    const { client, withRunning } = openSession(kit);
    const body = async (pipeline: string) => {
      const stats = () => client.connectors.stats(pipeline, "t", "c1");
      await client.connectors.start(pipeline, "t", "c1");
      assert.deepEqual([(await stats()).paused, (await stats()).metrics.total_records], [false, 0], "paused pipeline, started connector");
      await client.connectors.pause(pipeline, "t", "c1");
      await client.pipelines.resume(pipeline);
      await client.pipelines.waitFor(pipeline, "Running", { timeoutMs: waitMs });
      assert.deepEqual([(await stats()).paused, (await stats()).metrics.total_records], [true, 0], "running pipeline, paused connector");
      await client.connectors.start(pipeline, "t", "c1");
      await until("the input ended", async () => ((await stats()).metrics.end_of_input ? true : undefined));
      assert.equal((await stats()).metrics.total_records, 5);
      await client.connectors.pause(pipeline, "t", "c1");
      await client.connectors.start(pipeline, "t", "c1");
      assert.equal((await stats()).paused, false, "an ended connector still has its flag");
    };
    await withRunning(copyProgram([datagen("c1", { limit: 5 }, { paused: true })]), body, "paused");
  });

  test("a connector that waits for a label starts by itself once that has ended", async () => {
    const { client, withRunning } = openSession(kit);
    const sql = `CREATE TABLE t (id INT) WITH (${connectors([
      datagen("first", { limit: 3 }, { labels: ["one"], paused: true }),
      datagen("then", { limit: 4 }, { start_after: "one" }),
    ])});`;
    await withRunning(sql, async (pipeline) => {
      assert.equal((await client.connectors.stats(pipeline, "t", "then")).paused, true);
      await client.connectors.start(pipeline, "t", "first");
      await until("both had ended", async () => {
        const { global_metrics: all } = await client.pipelines.stats(pipeline);
        return all.pipeline_complete && all.total_input_records === 7 ? true : undefined;
      });
    });
  });

  test("getInputConnectorStats has the published shape, error lists included", async () => {
    const { client, withRunning } = openSession(kit);
    await withRunning(`CREATE TABLE t (id INT) WITH (${connectors([datagen("c1", { limit: 5 })])});`, async (pipeline) => {
      const stats = await until("all was completed", async () => {
        const now = await client.connectors.stats(pipeline, "t", "c1");
        return now.completed_frontier !== null ? now : undefined;
      });
      const { metrics, completed_frontier: frontier, ...rest } = stats;
      assert.deepEqual(rest, {
        endpoint_name: "t.c1",
        config: { stream: "t" },
        fatal_error: null,
        parse_errors: [],
        transport_errors: [],
        health: null,
        paused: false,
        barrier: rest.barrier,
      });
      const { processing_latency_p99_micros: latency, ...counted } = metrics;
      assert.deepEqual(counted, {
        total_bytes: 40,
        total_records: 5,
        buffered_records: 0,
        buffered_bytes: 0,
        num_transport_errors: 0,
        num_parse_errors: 0,
        end_of_input: true,
      });
      assert.ok(latency === undefined || Number(latency) > 0);
      assert.ok(frontier !== null && frontier.ingested_at <= frontier.processed_at && frontier.processed_at <= frontier.completed_at);
    });
  });

  test("a completion token is complete once every output has the rows, and never before", async () => {
    const { client, withRunning } = openSession(kit);
    const body = async (pipeline: string) => {
      const { token } = await client.ingress(pipeline, "t", [{ id: 1, name: "a" }], { force: true });
      await client.pipelines.resume(pipeline);
      await client.connectors.waitForToken(pipeline, token, { timeoutMs: waitMs });
      assert.equal((await client.outputs.stats(pipeline, "v", "o")).metrics.transmitted_records, 1);
      const status = await client.connectors.completionStatus(pipeline, token);
      assert.ok(status.status === "complete" && typeof status.step === "number");
      const own = await client.connectors.completionToken(pipeline, "t", "c1");
      await client.connectors.waitForToken(pipeline, own, { timeoutMs: waitMs });
    };
    await withRunning(copyProgram([datagen("c1", { limit: 0 })], [nullOutput("o")]), body, "paused");
  });

  test("a completion token that is bad, of an earlier life, or of an endpoint that is not there is told apart", async () => {
    const { client, withRunning, expectFailure, send, expectError } = openSession(kit);
    await withRunning(copyProgram([datagen("c1", { limit: 1 })]), async (pipeline) => {
      const ask = (token: string) => client.connectors.completionStatus(pipeline, token);
      const bad = await expectFailure(ask("no token"), 400, "InvalidParam");
      assert.match(bad.message, /^Invalid parameter: invalid completion token: /);
      await expectError(send("getCompletionStatus", { path: { pipeline_name: pipeline } }), 400, "InvalidRequest");
      await expectFailure(client.connectors.completionToken(pipeline, "t", "c2"), 404, "UnknownInputEndpoint");
      const token = await client.connectors.completionToken(pipeline, "t", "c1");
      const claim = JSON.parse(Buffer.from(token, "base64url").toString()) as { u: string; e: number; c: number };
      const forged = Buffer.from(JSON.stringify({ ...claim, e: 987654 })).toString("base64url");
      await expectFailure(ask(forged), 410, "UnknownEndpointInCompletionToken");
      await client.pipelines.stopAndWait(pipeline, { timeoutMs: waitMs });
      await expectFailure(ask(token), 503, "PipelineInteractionNotDeployed");
      await client.pipelines.startAndWait(pipeline, { timeoutMs: waitMs });
      const { message } = await expectFailure(ask(token), 410, "PipelineRestarted");
      assert.ok(message.includes(claim.u), "the message names the earlier life");
    });
  });
};
