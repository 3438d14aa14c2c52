import { connectTest } from "../kit/connect-cases.ts";
import { waitMs } from "../kit/session.ts";
import type { Suite } from "../kit/suite-kit.ts";
import { until } from "../kit/until.ts";

const wait = { timeoutMs: waitMs };

export const connectOffsetsSuite: Suite = (kit) => {
  const { assert } = kit;

  connectTest(kit, "getConnectv1ConnectorOffsets tells how far a connector has come", async ({ session, cluster, source }) => {
    const { connect } = session.client;
    const offsets = await connect.offsets(cluster, source);
    assert.equal(offsets.name, source);
    assert.equal(offsets.id, (await connect.expand(cluster, { parts: ["id"] }))[source]?.id?.id);
    assert.ok(!Number.isNaN(Date.parse(offsets.metadata.observed_at)));
  });

  connectTest(kit, "a sink's offsets are deleted, and it runs on; the last request is told to its end", async (given) => {
    const { session, cluster, sink, path } = given;
    const { send, client, expectConnectError } = session;
    await expectConnectError(send("getConnectv1ConnectorOffsetsRequestStatus", { path: path(sink) }), 404, /^resource not found/);
    const asked = await send("alterConnectv1ConnectorOffsetsRequest", { path: path(sink), body: { type: "DELETE" } });
    const request = JSON.parse(await asked.text()) as { readonly requested_at: string };
    assert.equal(asked.status, 202, JSON.stringify(request));
    assert.deepEqual({ ...request, id: "", requested_at: "" }, { id: "", name: sink, offsets: [], requested_at: "", type: "DELETE" });
    const ended = await client.connect.offsetsRequest(cluster, sink);
    assert.deepEqual(ended.request.requested_at, request.requested_at);
    assert.ok(["PENDING", "APPLIED"].includes(ended.status.phase));
    await client.connect.waitFor(cluster, sink, "RUNNING", wait);
    const again = await client.connect.alterOffsetsAndWait(cluster, sink, { type: "DELETE" }, { ...wait, intervalMs: 50 }).catch(
      // The first request may still be under way, and there is one at a time.
      async (error: { readonly status?: number }) => {
        assert.equal(error.status, 409, String(error));
        return undefined;
      },
    );
    const last = again ?? (await applied(() => client.connect.offsetsRequest(cluster, sink)));
    assert.match(last.status.message, /reset successfully/);
    assert.ok(last.applied_at !== null && !Number.isNaN(Date.parse(last.applied_at)));
  });

  connectTest(
    kit,
    "offsets are set to a place, or it is said that they cannot be",
    async ({ session, cluster, source, sink, path, bed }) => {
      const { send, client, expectConnectError } = session;
      const alter = (connector: string, body: unknown) => send("alterConnectv1ConnectorOffsetsRequest", { path: path(connector), body });
      await expectConnectError(alter(sink, { type: "PATCH" }), 400, /'offsets'/);
      await expectConnectError(alter(sink, { type: "MOVE" }), 400, /'type' must be one of PATCH, DELETE/);
      await expectConnectError(alter(sink, { type: "PATCH", offsets: [{ partition: 0 }] }), 400, /'offsets.0/);
      const offsets = [{ partition: { kafka_topic: source, kafka_partition: 0 }, offset: { kafka_offset: 0 } }];
      await expectConnectError(alter(sink, { type: "DELETE", offsets }), 400, /PATCH with null/);
      if (!bed.setsOffsets) {
        await expectConnectError(alter(sink, { type: "PATCH", offsets }), 400, /DELETE/);
        await expectConnectError(alter(source, { type: "DELETE" }), 400, /POST \/v0\/pipelines\/.*\/clear/);
        return;
      }
      const done = await client.connect.alterOffsetsAndWait(cluster, sink, { type: "PATCH", offsets }, wait);
      assert.match(done.status.message, /altered successfully/);
      assert.deepEqual(done.request.offsets, offsets);
      const forgotten = offsets.map(({ partition }) => ({ partition, offset: null }));
      await client.connect.alterOffsetsAndWait(cluster, sink, { type: "PATCH", offsets: forgotten }, wait);
      await client.connect.waitFor(cluster, sink, "RUNNING", wait);
    },
  );
};

async function applied<Status extends { readonly status: { readonly phase: string } }>(ask: () => Promise<Status>): Promise<Status> {
  return await until("the request was carried out", async () => {
    const now = await ask();
    return now.status.phase === "APPLIED" ? now : undefined;
  });
}
