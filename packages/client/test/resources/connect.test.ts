import { expect, test } from "@jest/globals";
import { createClient, isApiError, isClientError, isConnectApiError } from "../../src/index.ts";
import { failure, readBody, serve } from "../serve.ts";

const root = "/connect/v1/environments/default/clusters/orders";
const status = (state: string, stale: string | null = null) => ({ connector: { state }, headgate: { stale_because: stale } });

/** Answers requests in the order given with a status, a body and headers; keeps what was asked. */
async function scripted(...answers: readonly (readonly [number, unknown?, Record<string, string>?])[]) {
  const left = [...answers];
  const asked: string[] = [];
  const server = await serve((request, response) => {
    void readBody(request).then((body) => {
      asked.push(`${request.method} ${request.url}${body === "" ? "" : ` ${body}`}`);
      const [code, reply, headers] = left.shift() ?? [418];
      response.writeHead(code, { ...(reply !== undefined && { "content-type": "application/json" }), ...headers });
      response.end(reply === undefined ? "" : JSON.stringify(reply));
    });
  });
  const { connect } = createClient({ baseUrl: server.url, retry: { baseMs: 1 } });
  return { connect, asked, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

test("calls name the cluster, in its environment, and the connector", async () => {
  await using server = await scripted([200, ["a"]], [200, {}], [202], [200, { error: null }], [200, {}]);
  const { connect, asked } = server;
  expect(await connect.list("orders")).toEqual(["a"]);
  await connect.expand({ environment: "env-1", cluster: "lkc-1" }, { parts: ["id", "status"] });
  await connect.restart("orders", "totals.a b");
  await connect.delete("orders", "n");
  await connect.putConfig("orders", "n", { file: "f" });
  expect(asked).toEqual([
    `GET ${root}/connectors`,
    "GET /connect/v1/environments/env-1/clusters/lkc-1/connectors?expand=id%2Cstatus",
    `POST ${root}/connectors/totals.a%20b/restart`,
    `DELETE ${root}/connectors/n`,
    `PUT ${root}/connectors/n/config {"file":"f"}`,
  ]);
});

test("an error of the dialect has its status and message, and is one of the API", async () => {
  await using server = await scripted([404, { error: { code: 404, message: "resource not found: no 'x'" } }, { "x-request-id": "r1" }]);
  const error = await failure(server.connect.status("orders", "x"));
  expect(error).toMatchObject({
    name: "ConnectApiError",
    status: 404,
    code: "404",
    message: "resource not found: no 'x'",
    requestId: "r1",
  });
  expect([isApiError(error), isConnectApiError(error), isConnectApiError(error, 404), isConnectApiError(error, 400)]).toEqual([
    true,
    true,
    true,
    false,
  ]);
});

test("429 and 503 are waited out as the server asks, and 429 is told when it does not end", async () => {
  const limited = { "retry-after": "0.001", "x-ratelimit-limit": "5", "x-ratelimit-remaining": "0", "x-ratelimit-reset": "1" };
  await using server = await scripted(
    [429, undefined, limited],
    [503, { error: { code: 503, message: "no worker" } }, { "retry-after": "0" }],
    [200, { file: "f" }],
    [429, undefined, { ...limited, "retry-after": "3600" }],
  );
  expect(await server.connect.config("orders", "n")).toEqual({ file: "f" });
  const error = await failure(server.connect.create("orders", { name: "n", config: {} }));
  expect(error).toMatchObject({ name: "ConnectApiError", status: 429, message: "Too many requests; the next ones are taken in 3600 s." });
  expect(server.asked).toHaveLength(4);
});

test("a wait for a state takes no stale status for it", async () => {
  await using server = await scripted([200, status("PAUSED", "no worker answers")], [200, status("RUNNING")], [200, status("PAUSED")]);
  expect(await server.connect.waitFor("orders", "n", "PAUSED", { intervalMs: 1 })).toEqual(status("PAUSED"));
  expect(server.asked).toHaveLength(3);
});

test("a change of offsets is asked for once and followed to its end", async () => {
  const phase = (name: string, message = "") => [200, { status: { phase: name, message } }] as const;
  await using server = await scripted([202, {}], phase("PENDING"), phase("APPLIED", "done"), [202, {}], phase("FAILED", "no such topic"));
  const { connect, asked } = server;
  const done = await connect.alterOffsetsAndWait("orders", "n", { type: "DELETE" }, { intervalMs: 1 });
  expect(done.status.message).toBe("done");
  expect(asked.filter((line) => line.startsWith("POST"))).toEqual([`POST ${root}/connectors/n/offsets/request {"type":"DELETE"}`]);
  const failed = await failure(connect.alterOffsetsAndWait("orders", "n", { type: "DELETE" }, { intervalMs: 1 }));
  expect(isClientError(failed, "offsets_failed")).toBe(true);
  expect((failed as Error).message).toBe("The offsets of n were not changed: no such topic");
});
