import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { openapiDocument, operationTable } from "@headgate/contract";
import { readOperations } from "../src/operation.ts";
import { send } from "./support/raw-request.ts";
import { sampleManager, startServer, type RunningServer } from "./support/running-server.ts";

const operations = readOperations(openapiDocument);
const readKey = "apikey:secret-of-reader";
const writeKey = "apikey:secret-of-writer";
const endless = new Set(["getPipelineLogs", "streamPipelineTimeSeries", "subscribeToChanges"]);
const target = (path: string): string =>
  path
    .replace("{pipeline_name}", "idle")
    .replace("{event_id}", "latest")
    .replaceAll(/\{[^}]+\}/g, "x");

describe("with authentication on", () => {
  let server: RunningServer;
  beforeAll(async () => {
    const memory = await sampleManager();
    await memory.apiKeys.create("reader", "read");
    await memory.apiKeys.create("writer", "write");
    server = await startServer({ memory, validation: "production", responseSampleRate: 1, authentication: { required: true } });
  });
  afterAll(() => server.headgate.close());

  const ask = async (
    id: string,
    authorization: string | undefined,
  ): Promise<{ status: number; code: unknown; text: string; challenge: unknown }> => {
    const operation = operations.find((candidate) => candidate.id === id);
    if (operation === undefined) throw new Error(id);
    const { status, text, headers } = await send(
      server.port,
      { method: operation.method, path: target(operation.path), headers: authorization === undefined ? {} : { authorization } },
      { endless: endless.has(id) },
    );
    const body =
      headers["content-type"] === "application/json"
        ? (JSON.parse(text.split("\r\n")[0] as string) as { error_code?: unknown; error?: { message?: unknown } })
        : {};
    return { status, code: body.error_code ?? body.error?.message, text, challenge: headers["www-authenticate"] };
  };

  test.each(Object.entries(operationTable).map(([id, { role }]) => [id, role] as const))("%s asks for the role %s", async (id, role) => {
    // The Connect dialect has words where the Pipelines dialect has codes.
    const inConnect = operations.some((operation) => operation.id === id && operation.dialect === "connect");
    const refusedKey = [401, inConnect ? "Unauthorized" : "InvalidApiKey"];
    const refusedRole = [403, inConnect ? expect.stringMatching(/^Forbidden: .*needs the role 'write'/) : "InsufficientPermissions"];
    const verdict = async (authorization: string | undefined): Promise<unknown[]> => {
      const { status, code } = await ask(id, authorization);
      return status === 401 || status === 403 ? [status, code] : ["let through"];
    };
    const through = ["let through"];
    expect(await verdict(undefined)).toEqual(role === null ? through : refusedKey);
    expect(await verdict("Bearer apikey:wrong")).toEqual(role === null ? through : refusedKey);
    expect(await verdict(`Bearer ${readKey}`)).toEqual(role === "write" ? refusedRole : through);
    expect(await verdict(`Bearer ${writeKey}`)).toEqual(through);
  });

  test.each(["Basic dXNlcjpwYXNz", "Bearer", "Bearer ", "apikey:secret-of-writer", "Bearer a b", `Bearer ${writeKey} x`])(
    "%j is not a key",
    async (authorization) => {
      const { status, challenge } = await ask("getConfig", authorization);
      expect([status, challenge]).toEqual([401, 'Bearer realm="headgate"']);
    },
  );

  test("a refusal never shows the key, and neither does the log", async () => {
    const { text } = await ask("getConfig", "Bearer apikey:do-not-show-me");
    await ask("deletePipeline", `Bearer ${readKey}`);
    expect(text).not.toContain("do-not-show-me");
    expect(JSON.stringify(server.log)).not.toMatch(/do-not-show-me|secret-of/);
  });

  test("the session tells the role of the key, and a key stops working once it is deleted", async () => {
    expect(JSON.parse((await ask("getSession", `Bearer ${readKey}`)).text)).toMatchObject({ role: "read" });
    await server.manager.apiKeys.create("brief", "read");
    expect((await ask("getConfig", "Bearer apikey:secret-of-brief")).status).toBe(200);
    await server.manager.apiKeys.delete("brief");
    expect((await ask("getConfig", "Bearer apikey:secret-of-brief")).status).toBe(401);
  });

  test("a refused caller cannot make the server read a body or ask the manager", async () => {
    const before = server.manager.interactions;
    const { status } = await send(server.port, {
      method: "POST",
      path: "/v0/pipelines",
      headers: { "content-type": "application/json" },
      body: "{",
    });
    expect(status).toBe(401);
    await ask("resetOutputConnector", `Bearer ${readKey}`);
    expect(server.manager.interactions).toBe(before);
  });
});

test("with authentication off a wrong key does not matter", async () => {
  await using server = await startServer({ validation: "production" });
  const response = await server.call("/v0/config", { headers: { authorization: "Bearer nonsense" } });
  expect(response.status).toBe(200);
});
