import { openSession } from "../kit/session.ts";
import type { Suite } from "../kit/suite-kit.ts";

export const apiKeysSuite: Suite = (kit) => {
  const { test, assert } = kit;

  test("createApiKey shows the secret once, and the key works until deleteApiKey", async () => {
    const { client, send, name, target, expectError } = openSession(kit);
    const created = await client.apiKeys.create({ name: name("key"), role: "read" });
    assert.match(created.api_key, /^apikey:/);
    const listed = (await client.apiKeys.list()).find((key) => key.name === created.name);
    assert.deepEqual(listed, { id: created.id, name: created.name, role: "read" });
    assert.deepEqual(await client.apiKeys.get(created.name), listed);
    assert.ok(!JSON.stringify([await client.apiKeys.list(), await client.apiKeys.get(created.name)]).includes(created.api_key));
    if (target.keys !== undefined) assert.equal((await send("getConfig", { key: { secret: created.api_key } })).status, 200);
    await client.apiKeys.delete(created.name);
    if (target.keys !== undefined) {
      await expectError(send("getConfig", { key: { secret: created.api_key } }), 401, "InvalidApiKey");
    }
  });

  test("createApiKey makes read keys unless told otherwise", async () => {
    const { client, name } = openSession(kit);
    const key = name("key");
    await client.apiKeys.create({ name: key });
    assert.equal((await client.apiKeys.get(key)).role, "read");
    await client.apiKeys.delete(key);
  });

  test("createApiKey refuses names that are taken, empty or too long, and roles that do not exist", async () => {
    const { client, name, expectFailure, send, expectError } = openSession(kit);
    const key = name("key");
    await client.apiKeys.create({ name: key });
    await expectFailure(client.apiKeys.create({ name: key }), 409, "DuplicateName");
    await client.apiKeys.delete(key);
    await expectFailure(client.apiKeys.create({ name: "" }), 400, "EmptyName");
    await expectFailure(client.apiKeys.create({ name: "n".repeat(101) }), 400, "TooLongName");
    await expectError(send("createApiKey", { body: { name: name("key"), role: "owner" } }), 400, "InvalidRequest");
    await expectError(send("createApiKey", { body: {} }), 400, "InvalidRequest");
  });

  test("getApiKey and deleteApiKey know when there is no such key", async () => {
    const { client, expectFailure } = openSession(kit);
    await expectFailure(client.apiKeys.get("no-such-key"), 404, "UnknownApiKey");
    await expectFailure(client.apiKeys.delete("no-such-key"), 404, "UnknownApiKey");
  });
};
