import { describe, expect, test } from "@jest/globals";
import { createClient, isApiError, isClientError, type RetryNotice } from "../src/index.ts";
import { failure, readBody, serve } from "./serve.ts";

const fast = { maxRetries: 2, baseMs: 1, maxMs: 100 };
const json = { "content-type": "application/json" };
const unknown = JSON.stringify({
  message: "Unknown pipeline name 'p'",
  error_code: "UnknownPipelineName",
  details: { pipeline_name: "p" },
});

describe("a call", () => {
  test("throws what the server says as an ApiError, with the request's id", async () => {
    await using server = await serve((_request, response) => response.writeHead(404, { ...json, "x-request-id": "r7" }).end(unknown));
    const error = await failure(createClient({ baseUrl: server.url }).pipelines.get("p"));
    if (!isApiError(error, "UnknownPipelineName")) throw error;
    expect(error).toMatchObject({ status: 404, requestId: "r7", details: { pipeline_name: "p" } });
  });

  test("passes over a flaky server", async () => {
    let requests = 0;
    await using server = await serve((request, response) => {
      requests++;
      if (requests === 1) return void request.socket.destroy();
      if (requests === 2) return void response.writeHead(503, { "retry-after": "0" }).end();
      response.writeHead(200, json).end("[]");
    });
    const notices: RetryNotice[] = [];
    const client = createClient({ baseUrl: server.url, retry: fast, onRetry: (notice) => notices.push(notice) });
    expect(await client.pipelines.list()).toEqual([]);
    expect(notices.map(({ attempt, status }) => [attempt, status])).toEqual([
      [1, undefined],
      [2, 503],
    ]);
  });

  test("honours the pause that a 503 asks for", async () => {
    const times: number[] = [];
    await using server = await serve((_request, response) => {
      times.push(performance.now());
      if (times.length === 1) response.writeHead(503, { "retry-after": "0.05" }).end();
      else response.writeHead(200, json).end("[]");
    });
    await createClient({ baseUrl: server.url, retry: fast }).pipelines.list();
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(45);
  });

  test("ends at its deadline, whatever the server does", async () => {
    await using server = await serve((request, response) => {
      // Headers alone are no reply: the body never ends.
      if (request.url?.endsWith("/demos")) response.writeHead(200, json).write("[");
    });
    const client = createClient({ baseUrl: server.url, timeoutMs: 40 });
    expect(await failure(client.config.get())).toMatchObject({ name: "ClientError", code: "timeout" });
    expect(await failure(client.config.demos())).toMatchObject({ name: "ClientError", code: "timeout" });
    expect(await failure(client.config.get({ timeoutMs: 10 }))).toMatchObject({ message: expect.stringContaining("10 ms") });
  });

  test("ends at its deadline while it waits to be sent again", async () => {
    await using server = await serve((_request, response) => response.writeHead(503, { "retry-after": "20" }).end());
    const client = createClient({ baseUrl: server.url, timeoutMs: 40, retry: { maxMs: 60_000 } });
    expect(await failure(client.config.get())).toMatchObject({ code: "timeout" });
  });

  test("ends when the caller's signal fires, before and after it was sent", async () => {
    await using server = await serve(() => {});
    const client = createClient({ baseUrl: server.url });
    const reason = new Error("not needed any more");
    expect(await failure(client.config.get({ signal: AbortSignal.abort(reason) }))).toMatchObject({ code: "aborted", cause: reason });
    const controller = new AbortController();
    const call = client.config.get({ signal: controller.signal });
    controller.abort(reason);
    expect(await failure(call)).toMatchObject({ name: "ClientError", code: "aborted", cause: reason });
  });

  test("says so when nobody listens", async () => {
    const server = await serve(() => {});
    await server[Symbol.asyncDispose]();
    const error = await failure(createClient({ baseUrl: server.url, retry: { maxRetries: 0 } }).config.get());
    expect(isClientError(error, "connection")).toBe(true);
    expect(String(error)).toContain("ECONNREFUSED");
  });

  test("says so when a reply is not what it claims to be", async () => {
    await using server = await serve((_request, response) => response.writeHead(200, json).end("<html>"));
    expect(await failure(createClient({ baseUrl: server.url }).config.get())).toMatchObject({ code: "malformed_reply" });
  });

  test("takes a gateway's own 502 for a lost connection, after repetitions", async () => {
    let requests = 0;
    await using server = await serve((_request, response) => {
      requests++;
      response.writeHead(502, { "content-type": "text/html" }).end("<h1>Bad Gateway</h1>");
    });
    const error = await failure(createClient({ baseUrl: server.url, retry: fast }).config.get());
    expect(error).toMatchObject({ name: "ClientError", code: "connection", status: 502 });
    expect(requests).toBe(3);
  });

  test("carries the key, also one that changes", async () => {
    const seen: unknown[] = [];
    await using server = await serve((request, response) => {
      seen.push(request.headers.authorization);
      response.writeHead(200, json).end("{}");
    });
    let key = 0;
    await createClient({ baseUrl: server.url, apiKey: "apikey:one" }).config.get();
    const changing = createClient({ baseUrl: server.url, apiKey: () => `apikey:${++key}` });
    await changing.config.get();
    await changing.config.get();
    await createClient({ baseUrl: server.url }).config.get();
    expect(seen).toEqual(["Bearer apikey:one", "Bearer apikey:1", "Bearer apikey:2", undefined]);
  });

  test("goes to a server under a path, and writes names so that they arrive whole", async () => {
    let url = "";
    await using server = await serve((request, response) => {
      url = request.url ?? "";
      response.writeHead(200, json).end("{}");
    });
    const client = createClient({ baseUrl: `${server.url}/headgate/` });
    await client.connectors.stats("p", '"numbers +C0_-,.!%()&/"', "c1");
    expect(url).toBe("/headgate/v0/pipelines/p/tables/%22numbers%20%2BC0_-%2C.!%25()%26%2F%22/connectors/c1/stats");
  });
});

describe("what is sent again after a lost reply", () => {
  const attempts = async (work: (client: ReturnType<typeof createClient>) => Promise<unknown>) => {
    const seen: string[] = [];
    await using server = await serve((request, response) => {
      void readBody(request).then((body) => {
        seen.push(body);
        response.writeHead(502).end();
      });
    });
    await failure(work(createClient({ baseUrl: server.url, retry: fast })));
    expect(new Set(seen).size).toBe(1);
    return seen.length;
  };
  test.each<[string, number, (client: ReturnType<typeof createClient>) => Promise<unknown>]>([
    ["a read", 3, (client) => client.pipelines.get("p")],
    ["a replacement, with its body", 3, (client) => client.pipelines.replace("p", { name: "p", program_code: "" })],
    ["a change of a pipeline", 3, (client) => client.pipelines.patch("p", { description: "d" })],
    ["a start", 3, (client) => client.pipelines.start("p")],
    ["a forced stop", 3, (client) => client.pipelines.stop("p")],
    ["a connector's pause", 3, (client) => client.connectors.pause("p", "t", "c")],
    ["a reset", 3, (client) => client.outputs.reset("p", "v", "c")],
    ["a subscription", 3, (client) => client.egress("p", "v")],
    ["a query that reads", 3, (client) => client.queryText("p", "SELECT 1")],
    ["a query that writes: once", 1, (client) => client.queryText("p", "INSERT INTO t VALUES (1)")],
    ["a creation: once", 1, (client) => client.pipelines.create({ name: "p", program_code: "" })],
    ["a new key: once", 1, (client) => client.apiKeys.create({ name: "k" })],
    ["rows: once", 1, (client) => client.ingress("p", "t", [{ id: 1 }])],
  ])("%s", async (_what, times, work) => {
    expect(await attempts(work)).toBe(times);
  });
});

test.each([
  ["localhost:8080", "absolute http"],
  ["", "absolute http"],
  ["ftp://server", "absolute http"],
  ["http://me:secret@server", "must not hold a user name"],
  ["http://server/?a=1", "must not hold a query"],
])("an address like '%s' is refused in words", (baseUrl, words) => {
  expect(() => createClient({ baseUrl })).toThrow(words);
  try {
    createClient({ baseUrl });
  } catch (error) {
    expect(String(error)).not.toContain("secret@");
  }
});
