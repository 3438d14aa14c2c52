import { sampleRequests, tokenRequest } from "../kit/sample-requests.ts";
import { openSession } from "../kit/session.ts";
import type { Suite } from "../kit/suite-kit.ts";

const cluster = { environment_id: "default", kafka_cluster_id: "no-such-cluster" };

export const stsSuite: Suite = (kit) => {
  const { test, assert } = kit;

  test("a key shown as user and password, by name or by id, opens the Connect dialect", async () => {
    const { send, client, name, target } = openSession(kit);
    if (target.keys === undefined) return;
    const key = await client.apiKeys.create({ name: name("basic"), role: "read" });
    const ask = async (user: string, password: string) => {
      const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
      const response = await send("listConnectv1Connectors", { path: cluster, key: "none", headers: { authorization } });
      await response.body?.cancel();
      return [response.status, response.headers.get("www-authenticate")];
    };
    const refused = [401, 'Basic error="invalid_key", error_description="The API Key is invalid"'];
    assert.deepEqual(await ask(key.name, key.api_key), [404, null]);
    assert.deepEqual(await ask(key.id, key.api_key), [404, null]);
    assert.deepEqual(await ask("somebody", key.api_key), refused);
    assert.deepEqual(await ask(key.name, "apikey:guessed"), refused);
    await client.apiKeys.delete(key.name);
    assert.deepEqual(await ask(key.name, key.api_key), refused);
  });

  test("exchangeStsV1OauthToken gives a token with the key's role, which ends with the key", async () => {
    const { send, client, name, target, expectConnectError } = openSession(kit);
    const key = await client.apiKeys.create({ name: name("exchanged"), role: "read" });
    const form = { ...tokenRequest(key.api_key), identity_pool_id: "pool-abc", expires_in: "600", nobody: "knows" };
    const response = await send("exchangeStsV1OauthToken", { form, key: "none" });
    assert.equal(response.status, 200);
    const { access_token: secret, expires_in: seconds } = (await response.json()) as { access_token: string; expires_in: number };
    assert.equal(seconds, 600);
    if (target.keys === undefined) return await client.apiKeys.delete(key.name);
    const as = { key: { secret } };
    await expectConnectError(send("listConnectv1Connectors", { path: cluster, ...as }), 404, /^account not found/);
    await expectConnectError(send("pauseConnectv1Connector", { ...sampleRequests.pauseConnectv1Connector, ...as }), 403, /^Forbidden/);
    assert.equal((await send("listPipelines", as)).status, 401, "it is no key of the Pipelines dialect");
    await client.apiKeys.delete(key.name);
    await expectConnectError(send("listConnectv1Connectors", { path: cluster, ...as }), 401, /^Unauthorized$/);
  });

  test("exchangeStsV1OauthToken says which field is wrong, and never repeats a secret", async () => {
    const { send, expectError } = openSession(kit);
    const form = tokenRequest("apikey:nobody-has-this");
    const unknown = await expectError(send("exchangeStsV1OauthToken", { form }), 400, "invalid_request");
    assert.match(unknown.message, /^subject_token is not the secret of an API key/);
    assert.ok(!JSON.stringify(unknown).includes("nobody-has-this"));
    for (const wrong of [{ grant_type: "password" }, { expires_in: "soon" }, { expires_in: "0" }, { requested_token_type: "x" }]) {
      const { message } = await expectError(send("exchangeStsV1OauthToken", { form: { ...form, ...wrong } }), 400, "invalid_request");
      assert.ok(message.includes(Object.keys(wrong)[0] ?? ""), message);
    }
    const json = { body: "{}", headers: { "content-type": "application/json" } };
    await expectError(send("exchangeStsV1OauthToken", json), 415, "unsupported_media_type");
    const large = { form: { ...form, more: "x".repeat(9 << 20) } };
    await expectError(send("exchangeStsV1OauthToken", large), 413, "payload_too_large");
  });
};
