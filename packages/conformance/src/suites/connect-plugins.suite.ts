import { connectTest } from "../kit/connect-cases.ts";
import type { Suite } from "../kit/suite-kit.ts";

export const connectPluginsSuite: Suite = (kit) => {
  const { assert } = kit;

  connectTest(kit, "listConnectv1ConnectorPlugins lists the kinds of connectors, under the names that they are used by", async (given) => {
    const { session, cluster, source, bed } = given;
    const plugins = await session.client.connect.plugins(cluster);
    const used = (await session.client.connect.config(cluster, source))["connector.class"];
    const classes = plugins.map((plugin) => plugin.class);
    assert.ok(used !== undefined && classes.includes(used), `${used} in ${classes.join(", ")}`);
    assert.ok(classes.includes(bed.plugin.class));
    assert.equal(new Set(classes).size, classes.length);
  });

  connectTest(kit, "validateConnectv1ConnectorPlugin counts errors field by field, with 200", async ({ session, cluster, path, bed }) => {
    const { client, send, expectConnectError } = session;
    const good = await client.connect.validate(cluster, bed.plugin.class, bed.plugin.good);
    assert.deepEqual(
      [good.name, good.error_count],
      [bed.plugin.validatedAs, 0],
      JSON.stringify(good.configs.flatMap(({ value }) => value.errors)),
    );
    const bad = await client.connect.validate(cluster, bed.plugin.class, bed.plugin.bad);
    const told = bad.configs.filter(({ value }) => value.errors.length > 0);
    assert.ok(bad.error_count > 0 && told.length > 0);
    for (const { definition, value } of bad.configs) assert.equal(definition.name, value.name);
    const unknown = { path: { ...path(), plugin_name: "no-such-plugin" }, body: {} };
    await expectConnectError(send("validateConnectv1ConnectorPlugin", unknown), 404, /^resource not found: .*no-such-plugin/);
    const text = { path: { ...path(), plugin_name: bed.plugin.class }, body: { file: 1 } };
    await expectConnectError(send("validateConnectv1ConnectorPlugin", text), 400, /'file' must be string/);
  });
};
