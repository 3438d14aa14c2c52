import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { ManagerError } from "@headgate/manager";
import { send } from "../support/raw-request.ts";
import { json, sampleManager, startServer, type RunningServer } from "../support/running-server.ts";

let server: RunningServer;
beforeAll(async () => {
  server = await startServer({
    memory: await sampleManager(),
    validation: "production",
    responseSampleRate: 1,
    limits: { maxJsonBytes: 1000, maxHeaderBytes: 4096, headersTimeoutMs: 300, bodyTimeoutMs: 200 },
  });
});
afterAll(() => server.headgate.close());
const errorOf = async (response: Response): Promise<[number, unknown]> => [
  response.status,
  ((await response.json()) as { error_code: unknown }).error_code,
];

describe("what the server refuses", () => {
  test("an unknown path is a 404 of the dialect's form", async () => {
    const response = await server.call("/v1/anything?sql=secret");
    expect(response.status).toBe(404);
    expect(await response.json()).toEqual({
      message: "Unknown path '/v1/anything'.",
      error_code: "UnknownPath",
      details: { path: "/v1/anything" },
    });
  });
  test.each([
    "/",
    "//v0/config",
    "/v0/config/",
    "/v0//config",
    "/V0/config",
    "/v0/pipelines/",
    "/v0/pipelines/%zz",
    "/v0/pipelines/%E0%A4%A/stats",
  ])("%s is unknown", async (path) => {
    expect((await send(server.port, { method: "GET", path })).status).toBe(404);
  });
  test("a wrong method is a 405 that says which ones there are", async () => {
    const response = await server.call("DELETE /v0/pipelines");
    expect(response.headers.get("allow")).toBe("GET, HEAD, OPTIONS, POST");
    expect(await errorOf(response)).toEqual([405, "MethodNotAllowed"]);
  });
  test("a body that is not JSON, and one of the wrong shape, are told apart and not quoted back", async () => {
    const broken = await server.call("POST /v0/pipelines", { body: '{"name": "hunter2', headers: { "content-type": "application/json" } });
    const answer = await broken.text();
    expect([broken.status, answer]).toEqual([400, expect.stringContaining("the body is not valid JSON")]);
    expect(answer).not.toContain("hunter2");
    const wrong = await server.call("POST /v0/pipelines", json({ name: 5, program_code: "x" }));
    expect(await wrong.json()).toMatchObject({
      message: "The request is not valid: body field 'name' must be string.",
      details: { errors: [{ path: "/body/name", message: "must be string" }] },
    });
  });
  test("a body that cannot be decompressed, and one nested too deep, are a 400", async () => {
    const headers = { "content-type": "application/json", "content-encoding": "gzip" };
    const garbled = await server.call("POST /v0/pipelines", { body: "{}", headers });
    expect([garbled.status, await garbled.text()]).toEqual([400, expect.stringContaining("the body cannot be decompressed")]);
    const nested = { ...json(null), body: `{"name":"x","program_code":"","runtime_config":${"[".repeat(200)}${"]".repeat(200)}}` };
    const deep = await server.call("POST /v0/pipelines", nested);
    expect([deep.status, await deep.text()]).toEqual([400, expect.stringContaining("nested deeper than 128 levels")]);
  });
  test("an optional JSON body of another media type is a 415; none at all is none, whatever its media type", async () => {
    const path = "POST /v0/pipelines/orders/egress/%22Totals%22?format=json";
    const other = await server.call(path, { body: "{}", headers: { "content-type": "text/plain" } });
    expect(await errorOf(other)).toEqual([415, "UnsupportedMediaType"]);
    const bodies: unknown[] = [];
    const real = server.manager.interaction.egress;
    server.manager.interaction.egress = (pipeline, relation, query, body, signal) => {
      bodies.push(body);
      return real(pipeline, relation, query, body, signal);
    };
    for (const type of ["application/json", "text/plain"]) {
      const none = await server.call(path, { body: "", headers: { "content-type": type } });
      expect(none.status).toBe(200);
      await none.body?.cancel();
    }
    server.manager.interaction.egress = real;
    expect(bodies).toEqual([undefined, undefined]);
  });
  test("a value that fits none of several schemas is told by what was wanted, not by the schemas", async () => {
    const response = await server.call("POST /v0/api_keys", json({ name: "x", role: "owner" }));
    expect(await response.json()).toMatchObject({ message: "The request is not valid: body field 'role' must be one of read, write." });
  });
  test("a body that is too large is a 413 with the limit", async () => {
    const response = await server.call("POST /v0/pipelines", json({ name: "x".repeat(2000) }));
    expect(response.status).toBe(413);
    expect(await response.json()).toMatchObject({ error_code: "PayloadTooLarge", details: { limit_bytes: 1000 } });
  });
  test.each([["text/plain"], ["application/x-www-form-urlencoded"], ["application/json; charset=latin9"]])("%s is a 415", async (type) => {
    const response = await server.call("POST /v0/pipelines", { body: "{}", headers: { "content-type": type } });
    expect(await errorOf(response)).toEqual([415, "UnsupportedMediaType"]);
  });
  test("a call on a stopped pipeline is a 503 with Retry-After", async () => {
    const response = await server.call("/v0/pipelines/idle/stats");
    expect(response.headers.get("retry-after")).toBe("5");
    expect(await errorOf(response)).toEqual([503, "PipelineInteractionNotDeployed"]);
  });
  test("bytes that are not HTTP get a 400 and a closed connection", async () => {
    expect(await exchange("hello\r\n\r\n")).toMatch(/^HTTP\/1\.1 400 [\s\S]*"error_code":"InvalidRequest"/);
  });
  test("a request without Host is a 400 with a body, and an expectation that is not known is passed over", async () => {
    const without = await exchange("GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n");
    expect(without).toMatch(/^HTTP\/1\.1 400 [\s\S]*"error_code":"InvalidRequest"/);
    const expecting = await exchange("GET /healthz HTTP/1.1\r\nHost: x\r\nExpect: tea\r\nConnection: close\r\n\r\n");
    expect(expecting).toMatch(/^HTTP\/1\.1 200 /);
  });
  test("headers that are too large get a 431, and headers that never end a 408", async () => {
    expect(await exchange(`GET / HTTP/1.1\r\nHost: x\r\nX: ${"x".repeat(5000)}\r\n\r\n`)).toMatch(/^HTTP\/1\.1 431 /);
    expect(await exchange("GET / HTTP/1.1\r\nHost: x\r\n")).toMatch(/^HTTP\/1\.1 408 /);
  });
  test("a JSON body that never ends is given up", async () => {
    const head = "POST /v0/pipelines HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{";
    expect(await exchange(head)).toMatch(/^HTTP\/1\.1 400 [\s\S]*the body did not arrive in time/);
  });
});

describe("what goes wrong inside", () => {
  test("an unknown error is a 500 that tells nothing, and a log line that tells all", async () => {
    server.manager.failNext(new TypeError("the password is hunter2"));
    const response = await server.call("/v0/pipelines/orders");
    const body = await response.text();
    expect(response.status).toBe(500);
    expect(JSON.parse(body)).toMatchObject({ error_code: "InternalError", details: {} });
    expect(body).not.toContain("hunter2");
    const line = server.log.find((entry) => entry.message === "request failed");
    expect(line?.fields).toMatchObject({ requestId: response.headers.get("x-request-id"), err: expect.any(TypeError) });
    server.log.length = 0;
  });
  test("a code that this server does not know is a 500 too", async () => {
    server.manager.failNext(new ManagerError("NotYetInvented" as never, "from the future", {}));
    expect(await errorOf(await server.call("/v0/pipelines/orders"))).toEqual([500, "InternalError"]);
    server.log.length = 0;
  });
});

describe("what every reply has", () => {
  test("headers that leave a browser nothing to run, and no hint of the software", async () => {
    for (const path of ["/healthz", "/nowhere", "/v0/pipelines/idle/stats"]) {
      const { headers } = await server.call(path);
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("x-frame-options")).toBe("DENY");
      expect(headers.get("content-security-policy")).toContain("default-src 'none'");
      expect(headers.get("referrer-policy")).toBe("no-referrer");
      expect(headers.get("cache-control")).toBe("no-cache");
      expect(headers.has("x-powered-by")).toBe(false);
    }
  });
  test("an id: the caller's when it is harmless, else one of our own", async () => {
    const ids = await Promise.all(
      ["abc-123", "no spaces please", "x".repeat(200)].map(async (id) =>
        (await server.call("/healthz", { headers: { "x-request-id": id } })).headers.get("x-request-id"),
      ),
    );
    expect(ids[0]).toBe("abc-123");
    expect(ids[1]).toMatch(/^[\da-f]{12}-[\da-z]+$/);
    expect(new Set(ids).size).toBe(3);
  });
  test("one line in the access log, without query, body or headers", async () => {
    server.log.length = 0;
    await (await server.call("/v0/pipelines/orders/query?sql=SELECT+secret", { headers: { "x-request-id": "seen" } })).text();
    await until(() => server.log.some((line) => line.fields["requestId"] === "seen"));
    expect(server.log.filter((line) => line.message === "request")).toHaveLength(1);
    expect(server.log[0]?.fields).toMatchObject({ method: "GET", path: "/v0/pipelines/orders/query", operation: "runQuery", status: 200 });
    expect(JSON.stringify(server.log)).not.toContain("SELECT");
  });
});

test.each([
  ["GET /v0/config", "debug"],
  ["HEAD /v0/config", "debug"],
  ["OPTIONS /v0/config", "info"],
  ["GET /nowhere", "info"],
  ["GET /v0/pipelines/idle/stats", "info"],
])("the access log has %s at level %s", async (target, level) => {
  await (await server.call(target, { headers: { "x-request-id": `level-${target.replace(/\W/g, ".")}` } })).text();
  const id = `level-${target.replace(/\W/g, ".")}`;
  await until(() => server.log.some((line) => line.fields["requestId"] === id));
  expect(server.log.find((line) => line.fields["requestId"] === id)?.level).toBe(level);
});

describe("methods beside those of the contract", () => {
  test("HEAD is GET without the body", async () => {
    const [head, get] = [await server.call("HEAD /v0/config"), await server.call("/v0/config")];
    expect([head.status, head.headers.get("content-length"), await head.text()]).toEqual([200, get.headers.get("content-length"), ""]);
    await get.text();
    expect((await server.call("HEAD /v0/pipelines/orders/logs")).status).toBe(200);
    expect((await server.call("HEAD /v0/pipelines/orders/query?sql=SELECT+1")).status).toBe(200);
    expect((await server.call("HEAD /v0/pipelines/none")).status).toBe(404);
    expect((await server.call("HEAD /v0/validate_program")).status).toBe(405);
  });
  test("OPTIONS tells the methods", async () => {
    const response = await server.call("OPTIONS /v0/pipelines/orders");
    expect([response.status, response.headers.get("allow")]).toEqual([204, "DELETE, GET, HEAD, OPTIONS, PATCH, PUT"]);
  });
  test("a target with scheme and host is a target", async () => {
    expect((await send(server.port, { method: "GET", path: `http://somewhere:1/healthz?x` })).status).toBe(200);
  });
});

async function exchange(bytes: string): Promise<string> {
  const socket = connect(server.port, "127.0.0.1");
  socket.write(bytes);
  return text(socket);
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 5000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error("it did not come true within 5 s");
    await new Promise((resolve) => setImmediate(resolve));
  }
}
