import { createServer, type RequestListener } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { createServer as createSocketServer, type AddressInfo, type Server } from "node:net";
import { afterEach, expect, test } from "@jest/globals";
import { createWorkerClient, type WorkerClient, type WorkerTiming } from "../../../src/connect/kafka-connect/worker-client.ts";
import { until } from "./connect-world.ts";
import { loopbackCertificate } from "./loopback-certificate.ts";
import type { ConnectClusterOptions } from "../../../src/connect/kafka-connect/cluster-options.ts";
import { Observer } from "../../../src/connect/kafka-connect/observer.ts";

const open: (() => void)[] = [];
afterEach(() => {
  for (const close of open.splice(0)) close();
});
const timing: WorkerTiming = { callMs: 1500, attemptMs: 300, probeMs: 100 };

async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  open.push(() => void server.close());
  return `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
}
/** Takes connections and never says a word. */
function hanging(): Promise<string> {
  const server = createSocketServer((socket) => {
    socket.on("error", () => undefined);
    open.push(() => socket.destroy());
  });
  return listening(server);
}
function speaking(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  open.push(() => {
    server.closeAllConnections();
  });
  return listening(server);
}
const says =
  (status: number, body: unknown): RequestListener =>
  (_, response) =>
    void response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));

function clientOf(...urls: readonly string[]): WorkerClient {
  return clientWith({ urls, username: "me", password: "hunter2" });
}
function clientWith(options: Omit<ConnectClusterOptions, "environment" | "cluster">): WorkerClient {
  const client = createWorkerClient({ environment: "e", cluster: "c", ...options }, timing);
  open.push(() => {
    client.close();
  });
  return client;
}
const get = { method: "GET", path: "/connectors" } as const;

test("a worker that hangs costs its one attempt, and from then on another one is asked first", async () => {
  const [silent, good] = [await hanging(), await speaking(says(200, ["a"]))];
  const client = clientOf(silent, good);
  let began = performance.now();
  expect(await client.ask(get)).toEqual({ status: 200, body: ["a"] });
  expect(performance.now() - began).toBeLessThan(timing.callMs);
  expect(client.silence(new URL(silent).host)).toMatch(/no answer within 0.3 s, since /);
  expect(client.silence(new URL(good).host)).toBeUndefined();
  began = performance.now();
  await client.ask(get);
  expect(performance.now() - began).toBeLessThan(timing.attemptMs);
});

test("when all hang the call ends at its deadline, says who did not answer, and no secret", async () => {
  const urls = [await hanging(), await hanging()];
  const client = clientOf(...urls);
  const began = performance.now();
  const failure = await client.ask(get).catch((error: unknown) => error as Error);
  expect(failure).toMatchObject({ code: "EngineUnavailable" });
  expect((failure as Error).message).toMatch(/e\/c gave no answer: http:\/\/127.*no answer.*; http:\/\/127/);
  expect((failure as Error).message).not.toContain("hunter2");
  expect(performance.now() - began).toBeLessThan(timing.callMs + 1000);
});

test("a worker that refuses is found out in the background, and heard again when it is back", async () => {
  let up = false;
  const flaky = await speaking((request, response) => {
    if (up) says(200, {})(request, response);
    else request.socket.destroy();
  });
  const client = clientOf(flaky);
  const told = async (wanted: boolean): Promise<void> => {
    const deadline = Date.now() + 5000;
    while ((client.silence(new URL(flaky).host) !== undefined) !== wanted) {
      if (Date.now() > deadline) throw new Error("it was not found out");
      client.probe();
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
  await told(true);
  up = true;
  await told(false);
});

test("a rebalance is waited out, and one that does not end is unavailable in the engine's own words", async () => {
  const conflict = "Cannot complete request because of a conflicting operation (e.g. worker rebalance)";
  let left = 2;
  const busy = await speaking((request, response) => {
    left -= 1;
    says(left >= 0 ? 409 : 200, left >= 0 ? { message: conflict } : ["a"])(request, response);
  });
  expect(await clientOf(busy).ask(get)).toEqual({ status: 200, body: ["a"] });
  const never = clientOf(await speaking(says(409, { message: conflict })));
  await expect(never.ask(get)).rejects.toMatchObject({ code: "EngineUnavailable", message: expect.stringContaining(conflict) });
});

test("a conflict that is none of a rebalance is the cluster's word", async () => {
  const client = clientOf(await speaking(says(409, { message: "Connector x already exists" })));
  expect(await client.ask(get)).toMatchObject({ status: 409 });
});

test("a worker that is not ready is passed over", async () => {
  const client = clientOf(await speaking(says(503, { message: "starting" })), await speaking(says(200, ["b"])));
  expect(await client.ask(get)).toEqual({ status: 200, body: ["b"] });
});

test("what is no Kafka Connect is said to be none", async () => {
  const page = await speaking((_, response) => void response.end("<html>"));
  await expect(clientOf(page).ask(get)).rejects.toMatchObject({
    message: expect.stringContaining("is this the URL of a Kafka Connect worker?"),
  });
});

test("credentials go along, as basic authentication", async () => {
  let seen = "";
  const url = await speaking((request, response) => {
    seen = request.headers.authorization ?? "";
    says(200, [])(request, response);
  });
  await clientOf(url).ask(get);
  expect(seen).toBe(`Basic ${Buffer.from("me:hunter2").toString("base64")}`);
});

test("a worker over TLS is trusted by the authority that is given, and by no other", async () => {
  const server = createSecureServer(loopbackCertificate, says(200, ["a"]));
  open.push(() => {
    server.closeAllConnections();
  });
  const urls = [(await listening(server)).replace("http:", "https:")];
  expect(await clientWith({ urls, ca: loopbackCertificate.cert }).ask(get)).toEqual({ status: 200, body: ["a"] });
  await expect(clientWith({ urls }).ask(get)).rejects.toMatchObject({
    code: "EngineUnavailable",
    message: expect.stringContaining("certificate"),
  });
});

test("readers share one look, get nothing older than its age, and an old one only with the reason", async () => {
  let [now, looks, hang] = [1000, 0, false];
  const url = await speaking((request, response) => {
    if (hang) return;
    looks += request.url?.startsWith("/connectors?") === true ? 1 : 0;
    says(200, {})(request, response);
  });
  const observer = new Observer(
    clientOf(url),
    () => now,
    () => Promise.resolve(),
    { maxAgeMs: 1000, aheadMs: 900, patienceMs: 200 },
  );
  const seen = await Promise.all(Array.from({ length: 50 }, () => observer.read()));
  expect(looks).toBe(1);
  now += 800;
  expect((await observer.read()).observation).toBe(seen[0]?.observation);
  observer.invalidate();
  expect((await observer.read()).observation.at).toBe(1800);
  expect(looks).toBe(2);
  hang = true;
  now += 1001;
  const stale = await observer.read();
  expect(stale).toMatchObject({ observation: { at: 1800 }, staleBecause: expect.stringContaining("no answer") });
  now += 300;
  const began = performance.now();
  expect((await observer.read()).staleBecause).toContain("no answer");
  expect(performance.now() - began).toBeLessThan(150);
  hang = false;
  // The look that hangs comes to its own end first.
  const fresh = await until(
    () => ((now += 1001), observer.read()),
    ({ staleBecause }) => staleBecause === undefined,
  );
  expect(fresh.observation.at).toBeGreaterThan(1800);
});
