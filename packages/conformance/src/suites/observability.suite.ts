import { copyProgram, datagen, nullOutput } from "../kit/programs.ts";
import { openSession, waitMs } from "../kit/session.ts";
import type { Suite } from "../kit/suite-kit.ts";
import { until } from "../kit/until.ts";

export const observabilitySuite: Suite = (kit) => {
  const { test, assert } = kit;

  test("getPipelineStats counts what went in and through, and says when all is done", async () => {
    const { client, send, withRunning, expectError } = openSession(kit);
    await withRunning(copyProgram([datagen("c1", { limit: 100 })], [nullOutput("o")]), async (pipeline) => {
      const stats = await until("the pipeline was complete", async () => {
        const now = await client.pipelines.stats(pipeline);
        return now.global_metrics.pipeline_complete ? now : undefined;
      });
      const { global_metrics: all, inputs, outputs } = stats;
      assert.deepEqual([all.total_input_records, all.total_processed_records, all.total_completed_records], [100, 100, 100]);
      assert.deepEqual([all.state, all.transaction_status, all.transaction_id], ["Running", "NoTransaction", 0]);
      assert.deepEqual(
        inputs.map((one) => one.endpoint_name),
        ["t.c1"],
      );
      assert.deepEqual(
        outputs.map((one) => one.endpoint_name),
        ["v.o"],
      );
      assert.equal(inputs[0]?.metrics.end_of_input, true);
      assert.equal(outputs[0]?.metrics.transmitted_records, 100);
      const lists = ["parse_errors", "transport_errors", "encode_errors"];
      assert.ok(
        [...inputs, ...outputs].every((one) => lists.every((key) => !(key in one))),
        "error lists only when asked for",
      );
      const full = await client.pipelines.stats(pipeline, { includeConnectorErrors: true });
      assert.deepEqual([full.inputs[0]?.parse_errors, full.outputs[0]?.encode_errors], [[], []]);
      await expectError(
        send("getPipelineStats", { path: { pipeline_name: pipeline }, query: { include_connector_errors: "perhaps" } }),
        400,
        "InvalidRequest",
      );
    });
  });

  test("getDataflowGraph tells for each view how it is kept, without a process; a program that does not compile has no graph", async () => {
    const { client, name, withPipeline, expectFailure } = openSession(kit);
    await withPipeline(copyProgram(), async (pipeline) => {
      const { views, nodes } = await client.pipelines.dataflowGraph(pipeline);
      const view = views.find((each) => each.name === "v");
      assert.deepEqual([view?.mode, view?.reason], ["incremental", null]);
      const known = new Set<number>();
      for (const node of nodes) {
        assert.ok(
          node.inputs.every((input) => known.has(input)),
          `node ${node.id} reads what comes after it`,
        );
        known.add(node.id);
      }
      assert.ok(nodes.some((node) => node.relation === "t") && nodes.some((node) => node.relation === "v"));
    });
    const broken = name("p");
    await client.pipelines.create({ name: broken, program_code: "CREATE VIEW v AS SELECT nothing FROM nowhere;" });
    await client.pipelines.waitFor(broken, (p) => p.program_status === "SqlError", { timeoutMs: waitMs });
    await expectFailure(client.pipelines.dataflowGraph(broken), 404, "ProgramNotCompiled");
    await client.pipelines.delete(broken);
  });

  test("getPipelineTimeSeries and its stream give samples in order of time", async () => {
    const { client, withRunning } = openSession(kit);
    await withRunning(copyProgram([datagen("c1", { limit: 10 })]), async (pipeline) => {
      const stream = await client.pipelines.timeSeriesStream(pipeline, { timeoutMs: waitMs });
      const times: number[] = [];
      for await (const sample of stream) {
        times.push(sample.t);
        if (times.length === 2) break;
      }
      assert.ok((times[0] ?? 0) < (times[1] ?? 0), times.join());
      const { now, samples } = await client.pipelines.timeSeries(pipeline);
      assert.ok(samples.length >= 2 && samples.length <= 60 && samples.every((sample) => sample.t <= now));
    });
  });

  test("getPipelineLogs gives the lines so far, then live ones, and outlives a stop", async () => {
    const { client, withRunning } = openSession(kit);
    await withRunning(copyProgram(), async (pipeline) => {
      const log = (await client.pipelines.logs(pipeline, { timeoutMs: waitMs }))[Symbol.asyncIterator]();
      const first = await log.next();
      assert.ok(typeof first.value === "string" && first.value.length > 0);
      await client.pipelines.stopAndWait(pipeline, { timeoutMs: waitMs });
      await log.return(undefined);
      const later = await client.pipelines.logs(pipeline, { timeoutMs: waitMs });
      for await (const line of later) {
        assert.equal(line, first.value);
        break;
      }
    });
  });

  test("getPipelineMetrics and getMetrics give Prometheus text, and the same as JSON", async () => {
    const { client, send, withRunning, expectError } = openSession(kit);
    await withRunning(copyProgram([datagen("c1", { limit: 10 })], [nullOutput("o")]), async (pipeline) => {
      const text = await client.pipelines.prometheusMetrics(pipeline);
      const samples = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
      assert.ok(samples.length > 0);
      for (const line of samples) assert.match(line, /^[a-zA-Z_:][a-zA-Z0-9_:]*(\{.*\})? (-?[0-9.e+-]+|NaN|[+-]Inf)$/);
      const metrics = await client.pipelines.metrics(pipeline);
      assert.ok(Array.isArray(metrics) && metrics.length > 0);
      for (const { key } of metrics as readonly { key: string }[]) assert.ok(text.includes(key), key);
      const all = await client.config.metrics();
      assert.ok(all.includes(`pipeline="${pipeline}"`), "every value is labelled with its pipeline");
      await expectError(send("getPipelineMetrics", { path: { pipeline_name: pipeline }, query: { format: "xml" } }), 400, "InvalidRequest");
    });
  });

  test("listPipelineEvents tells each change of state, newest first, and getPipelineEvent each of them", async () => {
    const { client, send, withRunning, expectFailure, expectError } = openSession(kit);
    await withRunning(copyProgram(), async (pipeline) => {
      const events = await client.pipelines.events(pipeline);
      assert.equal(events[0]?.deployment_runtime_status, "Running");
      const seen = events.map((event) => event.program_status).reverse();
      assert.ok(seen.includes("Success"), seen.join());
      assert.deepEqual(
        [...events].sort((a, b) => (a.recorded_at < b.recorded_at ? 1 : -1)),
        events,
      );
      assert.deepEqual(await client.pipelines.event(pipeline, "latest"), events[0]);
      const oldest = events.at(-1);
      assert.deepEqual(await client.pipelines.event(pipeline, oldest?.event_id ?? ""), oldest);
      const path = { pipeline_name: pipeline, event_id: "latest" };
      assert.equal((await send("getPipelineEvent", { path, query: { selector: "all" } })).status, 200);
      await expectError(send("getPipelineEvent", { path, query: { selector: "some" } }), 400, "InvalidRequest");
      await expectError(send("listPipelineEvents", { path, query: { selector: "some" } }), 400, "InvalidRequest");
      await expectFailure(client.pipelines.event(pipeline, "yesterday"), 400, "InvalidUuidParam");
      await expectFailure(client.pipelines.event(pipeline, "00000000-0000-4000-8000-000000000000"), 404, "UnknownPipelineMonitorEvent");
    });
  });
};
