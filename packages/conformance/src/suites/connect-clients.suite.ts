import type { ConnectState } from "@headgate/client";
import { connectTest, type ConnectCase } from "../kit/connect-cases.ts";
import { waitMs } from "../kit/session.ts";
import type { Suite } from "../kit/suite-kit.ts";
import { until } from "../kit/until.ts";

/** What published clients depend on, beyond what each operation promises. */
export const connectClientsSuite: Suite = (kit) => {
  const { assert } = kit;
  const creating = { ...kit, clusters: (kit.clusters ?? []).filter((kind) => kind === "kafka-connect") };

  connectTest(kit, "a pause and a resume show the old state, then the new one, and no third", async (given) => {
    const { connect } = given.session.client;
    await connect.pause(given.cluster, given.source);
    await through(given, given.source, ["RUNNING"], "PAUSED");
    await connect.resume(given.cluster, given.source);
    await through(given, given.source, ["PAUSED"], "RUNNING");
  });

  connectTest(
    creating,
    "a connector goes through the steps of the published Terraform provider, which takes any third state for a failure",
    async (given) => {
      const { session, cluster, bed, path } = given;
      const { send, name, client } = session;
      const connector = name("terraform");
      const config = bed.sourceConfig(session, connector);
      const plugin_name = config["connector.class"] ?? "";
      const validated = await send("validateConnectv1ConnectorPlugin", { path: { ...path(), plugin_name }, body: config });
      assert.deepEqual([validated.status, (JSON.parse(await validated.text()) as { error_count: number }).error_count], [200, 0]);
      const created = await send("createConnectv1Connector", { path: path(), body: { name: connector, config } });
      assert.equal(created.status, 201, await created.text());
      const listed = await client.connect.expand(cluster);
      assert.match(listed[connector]?.id?.id ?? "", /^lcc-/);
      await through(given, connector, ["PROVISIONING", "DEGRADED"], "RUNNING");
      const updated = await send("createOrUpdateConnectv1ConnectorConfig", {
        path: path(connector),
        body: { ...config, "batch.size": "7" },
      });
      assert.equal(updated.status, 200, await updated.text());
      await client.connect.waitFor(cluster, connector, "RUNNING", { timeoutMs: waitMs });
      await client.connect.pause(cluster, connector);
      await through(given, connector, ["RUNNING"], "PAUSED");
      await client.connect.resume(cluster, connector);
      await through(given, connector, ["PAUSED"], "RUNNING");
      const read = (await client.connect.expand(cluster))[connector];
      assert.deepEqual([read?.info?.config["batch.size"], read?.status?.connector.state], ["7", "RUNNING"]);
      const secrets = Object.entries(read?.info?.config ?? {}).filter(([key]) => /secret|api\.key/.test(key));
      assert.ok(secrets.length > 0 && secrets.every(([, value]) => /^[*]{2,}$/.test(value)), "secrets are known by their stars");
      const deleted = await send("deleteConnectv1Connector", { path: path(connector) });
      assert.equal((JSON.parse(await deleted.text()) as { error: unknown }).error, null);
      assert.equal((await client.connect.expand(cluster))[connector], undefined);
    },
  );

  /** Asks for the status until it is `target`; anything but what is pending on the way ends the provider's wait with an error. */
  async function through({ session, cluster }: ConnectCase, name: string, pending: readonly ConnectState[], target: ConnectState) {
    await until(`${name} is ${target}`, async () => {
      const { connector } = await session.client.connect.status(cluster, name);
      if (connector.state === target) return true;
      assert.ok(pending.includes(connector.state), `${connector.state} on the way to ${target}: ${connector.trace}`);
      return undefined;
    });
  }
};
