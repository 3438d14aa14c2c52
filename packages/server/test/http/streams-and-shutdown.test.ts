import { once } from "node:events";
import { get, type IncomingMessage } from "node:http";
import { connect } from "node:net";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { expect, test } from "@jest/globals";
import { eventually } from "../support/eventually.ts";
import { sampleManager, startServer, type RunningServer } from "../support/running-server.ts";

const limits = { shutdownGraceMs: 300 };
const start = async (): Promise<RunningServer> => startServer({ memory: await sampleManager(), validation: "production", limits });
const open = async (server: RunningServer, path: string): Promise<IncomingMessage> => {
  const [response] = (await once(get(server.url + path), "response")) as [IncomingMessage];
  return response;
};

test("requests in flight end, and their connection closes with them", async () => {
  const server = await start();
  const { interaction } = server.manager;
  const release = Promise.withResolvers<void>();
  const real = interaction.timeSeries.bind(interaction);
  interaction.timeSeries = async (name) => {
    await release.promise;
    return real(name);
  };
  const response = server.call("/v0/pipelines/orders/time_series");
  await eventually(() => server.manager.interactions >= 0 && server.headgate.server.listening);
  await eventually(async () => (await connections(server)) === 1);
  const closed = server.headgate.close();
  release.resolve();
  const reply = await response;
  expect([reply.status, reply.headers.get("connection")]).toEqual([200, "close"]);
  await closed;
});

test("streams that never end are ended whole, not cut", async () => {
  const server = await start();
  const logs = await open(server, "/v0/pipelines/orders/logs");
  const samples = await open(server, "/v0/pipelines/orders/time_series_stream");
  const bodies = Promise.all([text(logs), text(samples)]);
  await eventually(() => logs.readableDidRead && samples.readableDidRead);
  const startedAt = performance.now();
  await server.headgate.close();
  expect(performance.now() - startedAt).toBeLessThan(limits.shutdownGraceMs);
  const [lines] = await bodies;
  expect(lines).toMatch(/^first\nsecond\n/);
  expect([logs.complete, samples.complete]).toEqual([true, true]);
});

test("a connection on which nothing was ever asked holds up no shutdown", async () => {
  const server = await startServer({ memory: await sampleManager(), validation: "production", limits: { shutdownGraceMs: 60_000 } });
  const socket = connect(server.port, "127.0.0.1");
  socket.on("error", () => undefined);
  await eventually(async () => (await connections(server)) === 1);
  await server.headgate.close();
  expect(server.headgate.server.listening).toBe(false);
});

test("a client that holds its connection is cut after the grace", async () => {
  const server = await start();
  const socket = connect(server.port, "127.0.0.1");
  socket.on("error", () => undefined);
  socket.write("POST /v0/pipelines/orders/ingress/numbers HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nn");
  await eventually(() => server.manager.interactions === 1);
  await server.headgate.close();
  expect(server.headgate.server.listening).toBe(false);
});

test("the health check says that a shutdown has begun", async () => {
  const server = await start();
  const socket = connect(server.port, "127.0.0.1");
  socket.write("GET /healthz HTTP/1.1\r\nHost: x\r\n");
  await eventually(async () => (await connections(server)) === 1);
  const closed = server.headgate.close();
  socket.write("\r\n");
  const reply = await text(socket);
  expect(reply).toMatch(/^HTTP\/1\.1 503 [\s\S]*Retry-After: 5\r\n[\s\S]*"ShuttingDown"/);
  await closed;
});

test("a source that tells of its own end as an error ends nothing else when nobody reads it", async () => {
  await using server = await start();
  let destroyed = false;
  server.manager.interaction.query = () =>
    Promise.resolve({
      contentType: "text/plain",
      body: new Readable({
        read: () => undefined,
        destroy: (_error, callback) => {
          destroyed = true;
          callback(new Error("aborted"));
        },
      }),
    });
  expect((await server.call("HEAD /v0/pipelines/orders/query?sql=SELECT+1")).status).toBe(200);
  expect(destroyed).toBe(true);
  expect((await server.call("/healthz")).status).toBe(200);
});

test("a source is destroyed when its reader leaves, and the signal of its handler aborts", async () => {
  await using server = await start();
  const source = new Readable({ read: () => undefined });
  const seen = Promise.withResolvers<AbortSignal>();
  server.manager.interaction.egress = (_pipeline, _relation, _query, _body, signal) => {
    seen.resolve(signal);
    source.push('{"sequence_number":0,"snapshot":false}\r\n');
    return Promise.resolve(source);
  };
  const controller = new AbortController();
  const response = await server.call("POST /v0/pipelines/orders/egress/Totals?format=json", { signal: controller.signal });
  const reader = response.body?.getReader();
  await reader?.read();
  controller.abort();
  await reader?.closed.catch(() => undefined);
  await eventually(() => source.destroyed);
  expect((await seen.promise).aborted).toBe(true);
});

test("a slow reader holds the source back", async () => {
  await using server = await start();
  let produced = 0;
  const chunk = Buffer.alloc(64 * 1024, "x");
  const source = new Readable({
    read() {
      produced += 1;
      this.push(produced > 4000 ? null : chunk);
    },
  });
  server.manager.interaction.query = async () => ({ contentType: "text/plain", body: source });
  const response = await open(server, "/v0/pipelines/orders/query?sql=SELECT+1");
  let before = -1;
  await eventually(() => {
    const settled = produced === before && produced > 0;
    before = produced;
    return settled;
  });
  expect(produced).toBeLessThan(400);
  let bytes = 0;
  for await (const part of response) bytes += (part as Buffer).length;
  expect(bytes).toBe(4000 * chunk.length);
});

test("a source that fails cuts the connection, so that the reader knows that something is missing", async () => {
  await using server = await start();
  const source = new Readable({ read: () => undefined });
  source.push("half of the ");
  server.manager.interaction.query = async () => ({ contentType: "text/plain", body: source });
  const response = await open(server, "/v0/pipelines/orders/query?sql=SELECT+1");
  response.once("data", () => source.destroy(new Error("the pipeline has gone")));
  await expect(text(response)).rejects.toThrow(/aborted/);
  expect(server.log).toContainEqual(expect.objectContaining({ level: "warn", message: "the source of a streamed reply failed" }));
});

function connections(server: RunningServer): Promise<number> {
  return new Promise((resolve, reject) =>
    server.headgate.server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
  );
}
