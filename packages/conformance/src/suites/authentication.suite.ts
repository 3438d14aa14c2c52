import { codeIn, operationList } from "../kit/operations.ts";
import { sampleRequests } from "../kit/sample-requests.ts";
import { openSession } from "../kit/session.ts";
import type { Suite } from "../kit/suite-kit.ts";

/** Route × role, from the contract's own security metadata. */
export const authenticationSuite: Suite = (kit) => {
  const { test, assert } = kit;
  for (const { id, path, role } of operationList) {
    test(`${id} ${role === null ? "asks for no key" : `needs a key with the role ${role}`}`, async () => {
      const { send, expectError, target } = openSession(kit);
      const request = sampleRequests[id];
      if (target.keys === undefined || role === null) {
        const response = await send(id, { ...request, key: "none" });
        await response.body?.cancel();
        assert.ok(response.status !== 401 && response.status !== 403, `${id} without a key: ${response.status}`);
        return;
      }
      const secrets = ["apikey:wrong", target.keys.write.slice(0, -1), `${target.keys.write}x`, ""];
      const unknown = codeIn(path, 401, "InvalidApiKey");
      await expectError(send(id, { ...request, key: "none" }), 401, unknown);
      for (const secret of secrets) {
        const body = await expectError(send(id, { ...request, key: { secret } }), 401, unknown);
        assert.ok(secret === "" || !JSON.stringify(body).includes(secret), "a refused key must not come back");
      }
      if (role === "write") {
        await expectError(send(id, { ...request, key: "read" }), 403, codeIn(path, 403, "InsufficientPermissions"));
      } else {
        const response = await send(id, { ...request, key: "read" });
        await response.body?.cancel();
        assert.ok(response.status !== 401 && response.status !== 403, `${id} with a read key: ${response.status}`);
      }
    });
  }

  test("a key is refused before anything is said about what it asks for", async () => {
    const { send, expectError, target } = openSession(kit);
    if (target.keys === undefined) return;
    await expectError(send("createPipeline", { key: "none", body: "{", headers: { "content-type": "text/html" } }), 401, "InvalidApiKey");
    await expectError(
      send("controlInputConnector", { key: "none", path: { ...sampleRequests.controlInputConnector.path, action: "no" } }),
      401,
      "InvalidApiKey",
    );
    await expectError(send("getPipelineStats", { key: { secret: "x" }, path: { pipeline_name: "p" } }), 401, "InvalidApiKey");
  });
};
