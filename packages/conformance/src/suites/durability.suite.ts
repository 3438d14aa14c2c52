import { isClientError, type Client } from "@headgate/client";
import { copyProgram } from "../kit/programs.ts";
import { openSession, waitMs } from "../kit/session.ts";
import type { Assert, Suite } from "../kit/suite-kit.ts";

const wait = { timeoutMs: waitMs };
const changedProgram = `${copyProgram()} CREATE MATERIALIZED VIEW w AS SELECT count(*) AS n FROM t;`;

async function rows(client: Client, pipeline: string, view = "v"): Promise<readonly unknown[]> {
  const found: unknown[] = [];
  for await (const row of await client.query(pipeline, `SELECT * FROM ${view} ORDER BY 1`)) found.push(row);
  return found;
}

/** Stops a pipeline whose table has one row, and gives it a program with one view more. */
async function change(client: Client, pipeline: string): Promise<void> {
  await client.ingress(pipeline, "t", [{ id: 1, name: "a" }], { wait: true });
  await client.pipelines.stopAndWait(pipeline, wait);
  await client.pipelines.patch(pipeline, { program_code: changedProgram });
  await client.pipelines.waitForCompilation(pipeline, wait);
}

async function startAndAwaitApproval(client: Client, pipeline: string, assert: Assert): Promise<void> {
  const waited = await client.pipelines.startAndWait(pipeline, wait).then(
    () => undefined,
    (error: unknown) => error,
  );
  assert.ok(isClientError(waited, "approval_needed"), String(waited));
}

/** What a pipeline takes with it from one life to the next. */
export const durabilitySuite: Suite = (kit) => {
  const { test, assert } = kit;

  test("stopPipeline without force suspends, and the next start goes on with all that was there", async () => {
    const { client, send, withRunning, expectFailure } = openSession(kit);
    await withRunning(copyProgram(), async (pipeline) => {
      await client.ingress(pipeline, "t", [{ id: 1, name: "a" }], { wait: true });
      const reply = await send("stopPipeline", { path: { pipeline_name: pipeline } });
      assert.deepEqual([reply.status, await reply.json()], [202, "Pipeline is suspending"]);
      const stopped = await client.pipelines.waitFor(pipeline, "Stopped", wait);
      assert.deepEqual([stopped.storage_status, stopped.deployment_error], ["InUse", null]);
      assert.equal(stopped.storage_status_details?.checkpoints.at(-1)?.processed_records, 1);
      const events = (await client.pipelines.events(pipeline)).map((event) => event.deployment_runtime_status);
      assert.ok(events.includes("Suspended"), events.join());
      await client.pipelines.stop(pipeline, { force: false });
      await expectFailure(client.pipelines.delete(pipeline), 400, "DeleteRestrictedToClearedStorage");

      await client.pipelines.startAndWait(pipeline, { initial: "paused", ...wait });
      assert.deepEqual(await rows(client, pipeline), [{ id: 1, name: "a" }]);
      await client.pipelines.suspendAndWait(pipeline, wait);
      await client.pipelines.clearAndWait(pipeline, wait);
      await client.pipelines.startAndWait(pipeline, wait);
      assert.deepEqual(await rows(client, pipeline), [], "cleared storage is empty");
    });
  });

  test("a stop by force loses nothing that was answered", async () => {
    const { client, withRunning } = openSession(kit);
    await withRunning(copyProgram(), async (pipeline) => {
      for (let id = 0; id < 5; id++) await client.ingress(pipeline, "t", [{ id, name: "a" }]);
      await client.pipelines.stopAndWait(pipeline, wait);
      await client.pipelines.startAndWait(pipeline, wait);
      assert.equal((await rows(client, pipeline)).length, 5);
    });
  });

  test("a pipeline without storage is not suspended, and forgets", async () => {
    const { client, withRunning, expectFailure } = openSession(kit);
    await withRunning({ program_code: copyProgram(), runtime_config: { storage: null } }, async (pipeline) => {
      await client.ingress(pipeline, "t", [{ id: 1, name: "a" }], { wait: true });
      const { details } = await expectFailure(client.pipelines.stop(pipeline, { force: false }), 500, "SuspendError");
      assert.deepEqual((details as { reasons?: unknown }).reasons, ["StorageRequired"]);
      const { storage_status, storage_status_details } = await client.pipelines.stopAndWait(pipeline, wait);
      assert.deepEqual([storage_status, storage_status_details], ["Cleared", null]);
      await client.pipelines.startAndWait(pipeline, wait);
      assert.deepEqual(await rows(client, pipeline), []);
    });
  });

  test("a changed program waits for approveBootstrap, with the difference in view, and then runs on what was stored", async () => {
    const { client, send, withRunning, expectFailure, expectError } = openSession(kit);
    await withRunning(copyProgram(), async (pipeline) => {
      const path = { pipeline_name: pipeline };
      await expectFailure(client.pipelines.approve(pipeline), 400, "InvalidTransition");
      await change(client, pipeline);
      await expectFailure(client.pipelines.approve(pipeline), 503, "PipelineInteractionNotDeployed");
      await startAndAwaitApproval(client, pipeline, assert);
      const waiting = await client.pipelines.waitFor(pipeline, (p) => p.deployment_runtime_status_details !== null, wait);
      assert.equal(waiting.deployment_status, "AwaitingApproval");
      assert.equal(waiting.deployment_desired_status, "Running");
      const difference = waiting.deployment_runtime_status_details?.approval_diff as { program_diff?: { added_views?: unknown } };
      assert.deepEqual(difference.program_diff?.added_views, ["w"]);
      await expectFailure(client.pipelines.stats(pipeline), 503, "AwaitingApproval");
      for (const query of [{ concurrent_bootstrap: "true" }, { concurrent_bootstrap: "true", silent_bootstrap: "true" }]) {
        await expectError(send("approveBootstrap", { path, query }), 400, "InvalidBootstrapConfig");
      }
      await expectError(send("approveBootstrap", { path, query: { silent_bootstrap: "perhaps" } }), 400, "InvalidRequest");
      await client.pipelines.approve(pipeline);
      await client.pipelines.waitFor(pipeline, "Running", wait);
      assert.deepEqual(await rows(client, pipeline, "w"), [{ n: 1 }]);
      assert.deepEqual(await rows(client, pipeline), [{ id: 1, name: "a" }]);
    });
  });

  test("a changed program that is stopped in place of approved has left the storage as it was", async () => {
    const { client, withRunning } = openSession(kit);
    await withRunning(copyProgram(), async (pipeline) => {
      await change(client, pipeline);
      await startAndAwaitApproval(client, pipeline, assert);
      const stopped = await client.pipelines.suspendAndWait(pipeline, wait);
      assert.equal(stopped.deployment_error, null);
      await client.pipelines.patch(pipeline, { program_code: copyProgram() });
      await client.pipelines.waitForCompilation(pipeline, wait);
      await client.pipelines.startAndWait(pipeline, wait);
      assert.deepEqual(await rows(client, pipeline), [{ id: 1, name: "a" }]);
    });
  });

  test("bootstrap_policy reject fails the start of a changed program, and allow runs it", async () => {
    const { client, withRunning } = openSession(kit);
    await withRunning(copyProgram(), async (pipeline) => {
      await change(client, pipeline);
      await client.pipelines.start(pipeline, { bootstrapPolicy: "reject" });
      const ended = (p: { deployment_status: string; deployment_error?: unknown }) =>
        p.deployment_status === "Stopped" && p.deployment_error !== null;
      const rejected = await client.pipelines.waitFor(pipeline, ended, wait);
      assert.equal(rejected.deployment_error?.error_code, "BootstrapRejected");
      const running = await client.pipelines.startAndWait(pipeline, { bootstrapPolicy: "allow", ...wait });
      assert.deepEqual([running.bootstrap_policy, running.silent_bootstrap, running.concurrent_bootstrap], ["allow", false, false]);
      assert.deepEqual(await rows(client, pipeline, "w"), [{ n: 1 }]);
    });
  });
};
