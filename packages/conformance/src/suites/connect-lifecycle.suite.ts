import { connectTest } from "../kit/connect-cases.ts";
import { openSession, waitMs } from "../kit/session.ts";
import type { Suite } from "../kit/suite-kit.ts";
import { copyProgram, datagen, nullOutput } from "../kit/programs.ts";

const wait = { timeoutMs: waitMs };

export const connectLifecycleSuite: Suite = (kit) => {
  const { test, assert } = kit;

  connectTest(kit, "a connector is paused and resumed, however often it is asked", async ({ session, cluster, source, path }) => {
    const { send, client } = session;
    const ask = async (id: "pauseConnectv1Connector" | "resumeConnectv1Connector") => {
      const response = await send(id, { path: path(source) });
      assert.deepEqual([response.status, await response.text()], [202, ""]);
    };
    await ask("pauseConnectv1Connector");
    const paused = await client.connect.waitFor(cluster, source, "PAUSED", wait);
    assert.deepEqual([paused.connector.trace, ...paused.tasks.map(({ state }) => state)], ["", "STOPPED"]);
    await ask("pauseConnectv1Connector");
    assert.equal((await client.connect.status(cluster, source)).connector.state, "PAUSED");
    await ask("resumeConnectv1Connector");
    await client.connect.waitFor(cluster, source, "RUNNING", wait);
    await ask("resumeConnectv1Connector");
    assert.equal((await client.connect.status(cluster, source)).connector.state, "RUNNING");
  });

  connectTest(kit, "a sink is paused too, or it is said how", async ({ session, cluster, sink, path, bed }) => {
    const { send, client, expectConnectError } = session;
    if (!bed.pausesSinks) {
      for (const [id, how] of [
        ["pauseConnectv1Connector", "pause"],
        ["resumeConnectv1Connector", "resume"],
      ] as const) {
        await expectConnectError(send(id, { path: path(sink) }), 400, new RegExp(`POST /v0/pipelines/.*/${how}`));
      }
      return;
    }
    await client.connect.pause(cluster, sink);
    await client.connect.waitFor(cluster, sink, "PAUSED", wait);
    await client.connect.resume(cluster, sink);
    await client.connect.waitFor(cluster, sink, "RUNNING", wait);
  });

  connectTest(kit, "a running connector is restarted, or it is said how; a paused one is not", async (given) => {
    const { session, cluster, source, path, bed } = given;
    const { send, client, expectConnectError } = session;
    if (bed.restarts) {
      const response = await send("restartConnectv1Connector", { path: path(source) });
      assert.deepEqual([response.status, await response.text()], [202, ""]);
      await client.connect.waitFor(cluster, source, "RUNNING", wait);
    } else await expectConnectError(send("restartConnectv1Connector", { path: path(source) }), 400, /POST \/v0\/pipelines\/.*\/stop/);
    await client.connect.pause(cluster, source);
    await client.connect.waitFor(cluster, source, "PAUSED", wait);
    await expectConnectError(send("restartConnectv1Connector", { path: path(source) }), 400, /./);
  });

  if (!(kit.clusters ?? ["embedded"]).includes("embedded")) return;
  test("a connector of a pipeline is one in both dialects", async () => {
    const { client, withRunning } = openSession(kit);
    await withRunning(copyProgram([datagen("c1", { limit: 5 })], [nullOutput("o")]), async (pipeline) => {
      const paused = async () => (await client.connectors.stats(pipeline, "t", "c1")).paused;
      await client.connect.pause(pipeline, "t.c1");
      assert.equal(await paused(), true, "paused as a source of the cluster");
      await client.connectors.start(pipeline, "t", "c1");
      await client.connect.waitFor(pipeline, "t.c1", "RUNNING", wait);
      await client.connectors.pause(pipeline, "t", "c1");
      await client.connect.waitFor(pipeline, "t.c1", "PAUSED", wait);
      await client.connect.resume(pipeline, "t.c1");
      assert.equal(await paused(), false, "resumed as a source of the cluster");
    });
  });

  test("connectors of a pipeline that does not run are PAUSED, and cannot be told to run", async () => {
    const { client, withPipeline, send, expectConnectError } = openSession(kit);
    await withPipeline(copyProgram([datagen("c1", { limit: 5 })], [nullOutput("o")]), async (pipeline) => {
      const path = { environment_id: "default", kafka_cluster_id: pipeline, connector_name: "t.c1" };
      const { connector, tasks, headgate } = await client.connect.status(pipeline, "t.c1");
      assert.deepEqual([connector.state, tasks[0]?.state, headgate.state], ["PAUSED", "STOPPED", "Stopped"]);
      await expectConnectError(send("resumeConnectv1Connector", { path }), 400, /./);
      await expectConnectError(send("getConnectv1ConnectorOffsets", { path }), 400, /./);
      await client.pipelines.startAndWait(pipeline, { initial: "paused", timeoutMs: waitMs });
      assert.equal((await client.connect.status(pipeline, "v.o")).connector.state, "PAUSED");
    });
  });
};
