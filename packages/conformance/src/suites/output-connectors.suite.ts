import { applyChanges, copyProgram, fileOutput, nullOutput } from "../kit/programs.ts";
import { openSession, waitMs, type Session } from "../kit/session.ts";
import type { Suite } from "../kit/suite-kit.ts";
import { until } from "../kit/until.ts";

const rows = (from: number, count: number) => Array.from({ length: count }, (_, i) => ({ id: from + i, name: `n${from + i}` }));
const snapshot = { send_snapshot: true };

/** What a file of JSON changes adds up to, as sorted rows. */
async function contentOf({ target }: Session, path: string): Promise<string[]> {
  const held = new Map<string, number>();
  const text = await target.readFile(path);
  applyChanges(
    held,
    text
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as unknown),
  );
  return [...held.keys()].sort();
}
async function viewOf({ client }: Session, pipeline: string): Promise<string[]> {
  const held: string[] = [];
  for await (const row of await client.query(pipeline, "SELECT id, name FROM v")) held.push(JSON.stringify(row));
  return held.sort();
}

export const outputConnectorsSuite: Suite = (kit) => {
  const { test, assert } = kit;
  const fileOf = (session: Session) => `${session.target.directory}/${session.name("out")}.json`;

  test("getOutputConnectorStats has the published shape, and counts for real", async () => {
    const session = openSession(kit);
    const { client, withRunning, expectFailure } = session;
    await withRunning(copyProgram([], [fileOutput("file", fileOf(session)), nullOutput("quiet")]), async (pipeline) => {
      const before = await client.outputs.stats(pipeline, "V", "quiet");
      assert.deepEqual(before, {
        endpoint_name: "v.quiet",
        config: { stream: "v" },
        metrics: {
          transmitted_records: 0,
          transmitted_bytes: 0,
          queued_records: 0,
          queued_batches: 0,
          buffered_records: 0,
          buffered_batches: 0,
          num_encode_errors: 0,
          num_transport_errors: 0,
          total_processed_input_records: 0,
          total_processed_steps: before.metrics.total_processed_steps,
          memory: 0,
        },
        delivery: before.delivery,
        fatal_error: null,
        encode_errors: [],
        transport_errors: [],
        health: null,
        reset: null,
      });
      await client.ingress(pipeline, "t", rows(0, 50), { wait: true, timeoutMs: waitMs });
      const { metrics, delivery } = await client.outputs.stats(pipeline, '"v"', "file");
      assert.equal(delivery, "exactly_once");
      assert.deepEqual([metrics.transmitted_records, metrics.total_processed_input_records, metrics.queued_records], [50, 50, 0]);
      assert.ok(metrics.transmitted_bytes > 0 && metrics.total_processed_steps > 0);
      const unknown = await expectFailure(client.outputs.stats(pipeline, "v", "File"), 404, "UnknownOutputEndpoint");
      assert.deepEqual(unknown.details, { endpoint_name: "v.File" });
      assert.equal(unknown.message, "unknown output endpoint name 'v.File'");
      await expectFailure(client.outputs.stats(pipeline, '"V"', "file"), 404, "UnknownOutputEndpoint");
    });
  });

  test("resetOutputConnector replays the whole view into a file, which then equals the view", async () => {
    const session = openSession(kit);
    const { client, withRunning } = session;
    const path = fileOf(session);
    await withRunning(copyProgram([], [fileOutput("file", path, snapshot)]), async (pipeline) => {
      await client.ingress(pipeline, "t", rows(0, 500), { wait: true, timeoutMs: waitMs });
      await client.ingress(
        pipeline,
        "t",
        rows(0, 100).map((row) => ({ delete: row })),
        { updateFormat: "insert_delete", wait: true, timeoutMs: waitMs },
      );
      const transmitted = (await client.outputs.stats(pipeline, "v", "file")).metrics.transmitted_records;
      const phases: string[] = [];
      const status = await client.outputs.resetAndWait(pipeline, "v", "file", {
        timeoutMs: waitMs,
        onProgress: ({ phase }) => phases.push(phase),
      });
      assert.deepEqual(
        [status.status, status.phase, status.snapshot_records, status.snapshot_records_sent],
        ["complete", "following", 400, 400],
      );
      assert.ok(status.completed_at !== null && status.started_at <= status.completed_at);
      assert.equal(phases.at(-1), "following");
      const file = await session.target.readFile(path);
      assert.equal(file.split("\n").filter((line) => line.includes("insert")).length, 400, "the old content is gone");
      assert.deepEqual(await contentOf(session, path), await viewOf(session, pipeline));
      assert.ok((await client.outputs.stats(pipeline, "v", "file")).metrics.transmitted_records >= transmitted + 400);
      await client.ingress(pipeline, "t", rows(1000, 5), { wait: true, timeoutMs: waitMs });
      assert.deepEqual(await contentOf(session, path), await viewOf(session, pipeline), "deltas follow the snapshot");
    });
  });

  test("resets while rows arrive leave no gap and no duplicate", async () => {
    const session = openSession(kit);
    const { client, withRunning } = session;
    const path = fileOf(session);
    await withRunning(copyProgram([], [fileOutput("file", path, snapshot)]), async (pipeline) => {
      const feeding = (async () => {
        for (let batch = 0; batch < 10; batch++) await client.ingress(pipeline, "t", rows((batch * 150) % 700, 200));
      })();
      const tokens: string[] = [];
      for (let i = 0; i < 5; i++) tokens.push(await client.outputs.reset(pipeline, "v", "file"));
      await feeding;
      await client.ingress(pipeline, "t", rows(5000, 1), { wait: true, timeoutMs: waitMs });
      // A reset in place of another completes both.
      for (const token of tokens) {
        await until("the reset was complete", async () =>
          (await client.outputs.resetStatus(pipeline, token)).status === "complete" ? true : undefined,
        );
      }
      const token = await client.connectors.completionToken(pipeline, "t", await onlyInput(session, pipeline));
      await client.connectors.waitForToken(pipeline, token, { timeoutMs: waitMs });
      assert.deepEqual(await contentOf(session, path), await viewOf(session, pipeline));
    });
  });

  test("resetOutputConnector works on a paused pipeline, and on an empty view", async () => {
    const session = openSession(kit);
    const { client, withRunning } = session;
    const path = fileOf(session);
    const body = async (pipeline: string) => {
      const empty = await client.outputs.resetAndWait(pipeline, "v", "file", { timeoutMs: waitMs });
      assert.deepEqual([empty.status, empty.snapshot_records], ["complete", 0]);
      assert.deepEqual(await contentOf(session, path), []);
      const none = await client.outputs.resetAndWait(pipeline, "v", "none", { timeoutMs: waitMs });
      assert.equal(none.status, "complete");
    };
    await withRunning(copyProgram([], [fileOutput("file", path, snapshot), nullOutput("none", snapshot)]), body, "paused");
  });

  test("a reset of an egress connection closes the old snapshot and sends a new one on the same stream", async () => {
    const session = openSession(kit);
    const { client, withRunning, expectFailure } = session;
    await withRunning(copyProgram(), async (pipeline) => {
      await client.ingress(pipeline, "t", rows(0, 20), { wait: true, timeoutMs: waitMs });
      const stream = await client.egress(pipeline, "v", { sendSnapshot: true, timeoutMs: waitMs });
      const chunks = stream[Symbol.asyncIterator]();
      const nextSnapshot = async () => {
        const held = new Map<string, number>();
        while (held.size < 20) {
          const { value } = await chunks.next();
          assert.equal(value?.snapshot, true, "the snapshot's chunks say so");
          applyChanges(held, value?.json_data ?? []);
        }
        return [...held.keys()].sort();
      };
      assert.deepEqual(await nextSnapshot(), await viewOf(session, pipeline));
      const endpoint = (await client.pipelines.stats(pipeline)).outputs[0]?.endpoint_name ?? "";
      assert.match(endpoint, /^v\.api-/);
      const token = await client.outputs.reset(pipeline, "v", endpoint.slice(2));
      assert.deepEqual(await nextSnapshot(), await viewOf(session, pipeline));
      await until("the reset was complete", async () =>
        (await client.outputs.resetStatus(pipeline, token)).status === "complete" ? true : undefined,
      );
      stream.close();
      await until("the connection was gone", async () =>
        (await client.pipelines.stats(pipeline)).outputs.length === 0 ? true : undefined,
      );
      await expectFailure(client.outputs.resetStatus(pipeline, token), 410, "UnknownEndpointInResetToken");
    });
  });

  test("resetOutputConnector refuses an output that only follows, after all other checks", async () => {
    const session = openSession(kit);
    const { client, withPipeline, expectFailure } = session;
    await withPipeline(copyProgram([], [fileOutput("file", fileOf(session))]), async (pipeline) => {
      await expectFailure(client.outputs.reset(pipeline, "v", "file"), 503, "PipelineInteractionNotDeployed");
      await client.pipelines.startAndWait(pipeline, { timeoutMs: waitMs });
      await expectFailure(client.outputs.reset(pipeline, "v", "other"), 404, "UnknownOutputEndpoint");
      const refused = await expectFailure(client.outputs.reset(pipeline, "v", "file"), 400, "NotSupported");
      assert.equal(refused.message, "Not supported: output endpoint 'v.file' does not support reset");
    });
  });

  test("getResetStatus tells a bad token, a stopped pipeline and a token from before a restart apart", async () => {
    const session = openSession(kit);
    const { client, withRunning, expectFailure, send, expectError } = session;
    await withRunning(copyProgram([], [nullOutput("o", snapshot)]), async (pipeline) => {
      const ask = (token: string) => client.outputs.resetStatus(pipeline, token);
      for (const bad of ["x", "no token", Buffer.from("{}").toString("base64url"), Buffer.from("null").toString("base64url")]) {
        const { message } = await expectFailure(ask(bad), 400, "InvalidParam");
        assert.match(message, /^Invalid parameter: invalid reset token: /);
      }
      await expectError(send("getResetStatus", { path: { pipeline_name: pipeline } }), 400, "InvalidRequest");
      const token = await client.outputs.reset(pipeline, "v", "o");
      await client.pipelines.stopAndWait(pipeline, { timeoutMs: waitMs });
      const stopped = await send("getResetStatus", { path: { pipeline_name: pipeline }, query: { token } });
      assert.equal(stopped.headers.get("retry-after"), "5");
      await expectError(stopped, 503, "PipelineInteractionNotDeployed");
      await client.pipelines.startAndWait(pipeline, { timeoutMs: waitMs });
      await expectFailure(ask(token), 410, "PipelineRestarted");
    });
  });

  test("a snapshot-and-follow output sends the view before its changes when the pipeline starts", async () => {
    const session = openSession(kit);
    const { client, withRunning } = session;
    const path = fileOf(session);
    await withRunning(copyProgram([], [fileOutput("file", path, { mode: "snapshot_and_follow" })]), async (pipeline) => {
      await client.ingress(pipeline, "t", rows(0, 3), { wait: true, timeoutMs: waitMs });
      assert.deepEqual(await contentOf(session, path), await viewOf(session, pipeline));
    });
  });
};

/** Connector part of the name of the pipeline's only input endpoint that a request has made. */
async function onlyInput({ client }: Session, pipeline: string): Promise<string> {
  const [input] = (await client.pipelines.stats(pipeline)).inputs;
  return input?.endpoint_name.slice("t.".length) ?? "";
}
