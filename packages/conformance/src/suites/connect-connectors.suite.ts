import { connectTest } from "../kit/connect-cases.ts";
import { operationList } from "../kit/operations.ts";
import { sampleRequests } from "../kit/sample-requests.ts";
import { openSession } from "../kit/session.ts";
import type { Suite } from "../kit/suite-kit.ts";

const parsed = async (reply: Promise<Response>): Promise<Readonly<Record<string, unknown>>> =>
  JSON.parse(await (await reply).text()) as Readonly<Record<string, unknown>>;

export const connectConnectorsSuite: Suite = (kit) => {
  const { test, assert } = kit;

  connectTest(kit, "listConnectv1Connectors gives names, or more of each when asked, in every way that clients ask", async (given) => {
    const { session, cluster, source, sink, path } = given;
    const { connect } = session.client;
    const names = await connect.list(cluster);
    assert.ok(names.includes(source) && names.includes(sink), names.join(", "));
    const listed = async (...pairs: readonly string[]): Promise<readonly string[]> => {
      const query = pairs.map((value) => `expand=${value}`).join("&");
      const { environment_id: env, kafka_cluster_id: id } = path();
      const body = await parsed(session.sendTo(`/connect/v1/environments/${env}/clusters/${id}/connectors?${query}`));
      return Object.keys(body[source] as object).sort();
    };
    assert.deepEqual(await listed("info,status,id"), ["extensions", "id", "info", "status"]);
    assert.deepEqual(await listed("info", "status"), ["extensions", "info", "status"]);
    assert.deepEqual(await listed("info%2Cstatus%2Cid", "id%2Cstatus"), ["extensions", "id", "info", "status"]);
    assert.deepEqual(await listed("id,of-later"), ["extensions", "id"]);
    const all = await connect.expand(cluster);
    assert.deepEqual(Object.keys(all).sort(), [...names].sort());
    assert.match(all[source]?.id?.id ?? "", /^lcc-[a-z0-9]+$/);
    assert.equal((await connect.expand(cluster, { parts: ["id"] }))[source]?.id?.id, all[source]?.id?.id, "ids stay");
    assert.deepEqual([all[source]?.info?.type, all[sink]?.info?.type], ["source", "sink"]);
    assert.deepEqual(all[source]?.info?.config, await connect.config(cluster, source));
    assert.equal(all[sink]?.status?.connector.state, "RUNNING");
  });

  connectTest(kit, "readConnectv1Connector and getConnectv1ConnectorConfig agree, and secrets are masked", async (given) => {
    const { session, cluster, source, bed } = given;
    const { connect } = session.client;
    const connector = await connect.get(cluster, source);
    assert.deepEqual([connector.name, connector.type, connector.tasks], [source, "source", [{ connector: source, task: 0 }]]);
    assert.deepEqual(connector.config, await connect.config(cluster, source));
    assert.equal(connector.config["name"], source);
    for (const key of ["connector.class", "cloud.environment", "cloud.provider", "kafka.endpoint", "kafka.region"]) {
      assert.equal(typeof connector.config[key], "string", key);
    }
    assert.ok(!JSON.stringify(await connect.expand(cluster)).includes("conformance-secret"));
    if (bed.creates) assert.equal(connector.config["kafka.api.secret"], "****************");
  });

  connectTest(kit, "connectors are created, changed and deleted, or it is said where", async ({ session, cluster, path, bed, source }) => {
    const { send, name, client, expectConnectError } = session;
    const fresh = name("made");
    const config = bed.sourceConfig(session, fresh);
    const exists = { path: path(), body: { name: source, config: bed.sourceConfig(session, source) } };
    await expectConnectError(send("createConnectv1Connector", exists), 409, /already/);
    if (!bed.creates) {
      const where = /PATCH \/v0\/pipelines\//;
      await expectConnectError(send("createConnectv1Connector", { path: path(), body: { name: fresh, config } }), 400, where);
      await expectConnectError(send("createOrUpdateConnectv1ConnectorConfig", { path: path(source), body: config }), 400, where);
      await expectConnectError(send("deleteConnectv1Connector", { path: path(source) }), 400, where);
      return;
    }
    const created = await send("createConnectv1Connector", { path: path(), body: { name: fresh, config, nobody: "knows" } });
    const body = JSON.parse(await created.text()) as { readonly name: string; readonly tasks: unknown; readonly offsets: unknown };
    assert.deepEqual([created.status, body.name, body.tasks, body.offsets], [201, fresh, [], []]);
    const { connector } = await client.connect.status(cluster, fresh);
    assert.ok(["PROVISIONING", "RUNNING"].includes(connector.state), "a connector is there as soon as it was created");
    const changed = await client.connect.putConfig(cluster, fresh, { ...config, "batch.size": "10" });
    assert.equal(changed.config["batch.size"], "10");
    await client.connect.putConfig(cluster, fresh, config);
    assert.equal((await client.connect.config(cluster, fresh))["batch.size"], undefined, "what is left out is dropped");
    const deleted = await send("deleteConnectv1Connector", { path: path(fresh) });
    assert.deepEqual([deleted.status, await deleted.text()], [200, '{"error":null}']);
    await expectConnectError(send("readConnectv1Connector", { path: path(fresh) }), 404, /^resource not found/);
    await client.connect.putConfig(cluster, fresh, config);
    await client.connect.delete(cluster, fresh);
  });

  connectTest(kit, "configurations hold text only, and a new connector has a name", async ({ session, path }) => {
    const { send, expectConnectError } = session;
    const create = (body: unknown) => send("createConnectv1Connector", { path: path(), body });
    await expectConnectError(create({ name: "n", config: { "tasks.max": 1 } }), 400, /'config.tasks.max' must be string/);
    await expectConnectError(create({ config: {} }), 400, /'name' is required/);
    await expectConnectError(create({ name: "n" }), 400, /'config' is required/);
  });

  for (const { id, path } of operationList) {
    if (!path.includes("{kafka_cluster_id}")) continue;
    test(`${id} knows when there is no such cluster`, async () => {
      const { send, expectConnectError } = openSession(kit);
      await expectConnectError(send(id, sampleRequests[id]), 404, /^account not found: .*no-such-cluster/);
    });
  }

  connectTest(kit, "every call about a connector knows when there is no such one", async ({ session, path }) => {
    const { send, expectConnectError } = session;
    const asking = operationList.filter((operation) => /^\/connect\/.*\{connector_name\}/.test(operation.path));
    for (const { id } of asking) {
      // This one makes the connector.
      if (id === "createOrUpdateConnectv1ConnectorConfig") continue;
      const request = { ...sampleRequests[id], path: path("no-such-connector") };
      await expectConnectError(send(id, request), 404, /^resource not found: .*no-such-connector/);
    }
  });
};
