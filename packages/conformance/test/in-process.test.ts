import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "@jest/globals";
import { createManager, type Logger, type Manager } from "@headgate/manager";
import { createServer, type HeadgateServer, type ServerOptions } from "@headgate/server";
import { createRecorder, type Recorder, type Target } from "../src/index.ts";
import { requestWhileDraining } from "./draining-request.ts";
import { makeFaulty } from "./faulty-manager.ts";
import { runSuites } from "./run-suites.ts";

const platformVersion = "0.1.0";
const quiet: Logger = { info: () => undefined, warn: () => undefined, error: () => undefined };

let directory: string;
let manager: Manager;
let server: HeadgateServer;
let target: Target & { readonly recorder: Recorder };

async function listen(served: HeadgateServer): Promise<string> {
  served.server.listen(0, "127.0.0.1");
  await once(served.server, "listening");
  return `http://127.0.0.1:${(served.server.address() as AddressInfo).port}`;
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "headgate-conformance-"));
  manager = await createManager({ dataDirectory: join(directory, "data"), platformVersion });
  const write = (await manager.apiKeys.create("conformance-write", "write")).secret;
  const read = (await manager.apiKeys.create("conformance-read", "read")).secret;
  const faulty = makeFaulty(manager);
  const serve = (more: Partial<ServerOptions> = {}) =>
    createServer({
      manager: faulty.manager,
      logger: quiet,
      authentication: { required: true },
      version: { version: platformVersion },
      validation: "test",
      ...more,
    });
  server = serve();
  const baseUrl = await listen(server);
  let send = (request: Request) => fetch(request);
  /** Sends to another server for as long as the work lasts. */
  const instead = async (
    work: () => Promise<void>,
    other: HeadgateServer,
    sendTo: (other: HeadgateServer, url: string) => (request: Request) => Promise<Response>,
  ): Promise<void> => {
    const usual = send;
    send = sendTo(other, await listen(other));
    try {
      await work();
    } finally {
      send = usual;
    }
  };
  const recorder = createRecorder({ baseUrl, fetch: (request) => send(request) });
  target = {
    baseUrl,
    recorder,
    fetch: recorder.fetch,
    keys: { write, read },
    directory,
    readFile: (path) => readFile(path, "utf8"),
    faults: {
      fail: faulty.fail,
      restore: faulty.restore,
      whileShuttingDown: (work) => instead(work, serve(), (other) => (request) => requestWhileDraining(other, request)),
      whileLimited: async (work) => {
        const other = serve({ connectRateLimit: { requests: 1, seconds: 60 } });
        await instead(work, other, (_, url) => async (request) => {
          const { method, headers } = request;
          const body = request.body === null ? null : await request.arrayBuffer();
          return await fetch(request.url.replace(baseUrl, url), { method, headers, body });
        });
        await other.close();
      },
    },
  };
});
afterAll(async () => {
  await server.close();
  await manager.close();
  await rm(directory, { recursive: true, force: true });
});

runSuites(() => target, { capabilities: ["faults", "keys"] });
