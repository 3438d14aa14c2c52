import { copyProgram } from "../kit/programs.ts";
import { openSession, waitMs } from "../kit/session.ts";
import type { Suite } from "../kit/suite-kit.ts";

const inMemory = { program_code: copyProgram(), runtime_config: { storage: null } } as const;
const elsewhere = "00000000-0000-4000-8000-000000000000";

export const checkpointsSuite: Suite = (kit) => {
  const { test, assert } = kit;

  test("requestCheckpoint gives a number that getCheckpointStatus reaches, and listCheckpoints shows what is on disk", async () => {
    const { client, withRunning } = openSession(kit);
    await withRunning(copyProgram(), async (pipeline) => {
      const { deployment_id: incarnation } = await client.pipelines.get(pipeline, { selector: "status" });
      assert.deepEqual(await client.checkpoints.status(pipeline), { success: null, failure: null });
      await client.ingress(pipeline, "t", [{ id: 1, name: "a" }], { wait: true });
      const first = await client.checkpoints.requestAndWait(pipeline, { timeoutMs: waitMs });
      assert.deepEqual(first, { checkpoint_sequence_number: 1, incarnation_uuid: incarnation });
      const second = await client.checkpoints.requestAndWait(pipeline, { timeoutMs: waitMs });
      assert.equal(second.checkpoint_sequence_number, 2);
      const newest = (await client.checkpoints.list(pipeline)).at(-1);
      assert.equal(newest?.processed_records, 1);
      assert.ok((newest?.size ?? 0) > 0 && (newest?.steps ?? 0) > 0, JSON.stringify(newest));
      const stats = await client.pipelines.stats(pipeline);
      assert.deepEqual([stats.suspend_error, stats.permanent_checkpoint_errors], [null, null]);
      assert.equal(stats.checkpoint_activity?.status, "idle");
    });
  });

  test("getCheckpointStatus answers for the present incarnation alone", async () => {
    const { client, send, withRunning, expectFailure, expectError } = openSession(kit);
    await withRunning(copyProgram(), async (pipeline) => {
      const asked = await client.checkpoints.requestAndWait(pipeline, { timeoutMs: waitMs });
      const mismatch = client.checkpoints.status(pipeline, { incarnation: elsewhere });
      const { details } = await expectFailure(mismatch, 400, "IncarnationUuidMismatch");
      assert.deepEqual(details, { requested: elsewhere, expected: asked.incarnation_uuid });
      const malformed = { path: { pipeline_name: pipeline }, query: { incarnation_uuid: "yesterday" } };
      await expectError(send("getCheckpointStatus", malformed), 400, "InvalidRequest");
      await client.pipelines.stopAndWait(pipeline, { timeoutMs: waitMs });
      await expectFailure(client.checkpoints.request(pipeline), 503, "PipelineInteractionNotDeployed");
      await client.pipelines.startAndWait(pipeline, { timeoutMs: waitMs });
      const past = client.checkpoints.status(pipeline, { incarnation: asked.incarnation_uuid });
      await expectFailure(past, 400, "IncarnationUuidMismatch");
    });
  });

  test("a pipeline without storage takes no checkpoints, and says so", async () => {
    const { client, withRunning, expectFailure } = openSession(kit);
    await withRunning(inMemory, async (pipeline) => {
      const { suspend_error, permanent_checkpoint_errors } = await client.pipelines.stats(pipeline);
      assert.deepEqual([suspend_error, permanent_checkpoint_errors], [{ Permanent: ["StorageRequired"] }, ["StorageRequired"]]);
      await expectFailure(client.checkpoints.request(pipeline), 500, "CheckpointError");
      assert.deepEqual(await client.checkpoints.list(pipeline), []);
    });
  });
};
