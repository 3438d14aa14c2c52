/** One variant of the server in its own process: `server-process.ts <variant>`. */
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer as createHttpServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Manager } from "@headgate/manager";
import { createServer, type ServerOptions } from "@headgate/server";
import express from "express";
import { pino } from "pino";
import { openBenchManager, statusPath } from "./bench-pipeline.ts";
import type { ServerNews, ServerRequest, Variant } from "./messages.ts";

const variant = process.argv[2] as Variant;
const say = (news: ServerNews): void => void process.send?.(news);
const directory = mkdtempSync(join(tmpdir(), "headgate-bench-"));
const manager = await openBenchManager(directory);

const common: Omit<ServerOptions, "logger" | "authentication"> = { manager, version: { version: "bench" }, validation: "production" };
const logger = pino({ level: "info" }, pino.destination({ dest: "/dev/null", sync: true }));
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

async function open(): Promise<{ server: Server; authorization: string | null }> {
  switch (variant) {
    case "express":
    case "express again":
      return { server: await openExpress(), authorization: null };
    case "headgate":
      return { server: createServer({ ...common, logger, authentication: { required: false } }).server, authorization: null };
    case "headgate, shell alone": {
      const options: ServerOptions = { ...common, manager: await withoutPipeline(manager), logger, authentication: { required: false } };
      return { server: createServer(options).server, authorization: null };
    }
    case "headgate, log off":
      return { server: createServer({ ...common, logger: silent, authentication: { required: false } }).server, authorization: null };
    case "headgate, auth on": {
      const { secret } = await manager.apiKeys.create("bench", "read");
      return { server: createServer({ ...common, logger, authentication: { required: true } }).server, authorization: `Bearer ${secret}` };
    }
    case "headgate, express lane": {
      const options: ServerOptions = { ...common, logger, validation: "test", authentication: { required: false } };
      return { server: createServer(options).server, authorization: null };
    }
  }
}

/** The same answers without the way to the pipeline's process: each turn of the event loop has its own, which its calls share. */
async function withoutPipeline(real: Manager): Promise<Manager> {
  const stats = await real.interaction.outputStats("bench", "totals", "out");
  let open: Promise<typeof stats> | undefined;
  const outputStats = (): Promise<typeof stats> =>
    (open ??= new Promise((resolve) => {
      setImmediate(() => {
        open = undefined;
        resolve({ ...stats });
      });
    }));
  return { ...real, interaction: { ...real.interaction, outputStats } };
}

/** Express as it comes, with one route that answers the very body that Headgate answers. */
async function openExpress(): Promise<Server> {
  const headgate = createServer({ ...common, logger: silent, authentication: { required: false } });
  headgate.server.listen(0, "127.0.0.1");
  await once(headgate.server, "listening");
  const { port } = headgate.server.address() as AddressInfo;
  const body: unknown = await (await fetch(`http://127.0.0.1:${port}${statusPath}`)).json();
  await headgate.close();
  const app = express();
  app.get("/v0/pipelines/:pipeline/views/:view/connectors/:connector/stats", (_request, response) => void response.json(body));
  return createHttpServer(app);
}

const { server, authorization } = await open();
server.listen(0, "127.0.0.1");
await once(server, "listening");

let stopping = false;
function stop(): void {
  if (stopping) return;
  stopping = true;
  server.closeAllConnections();
  server.close();
  void manager.close({ deadlineMs: 2000 }).finally(() => {
    rmSync(directory, { recursive: true, force: true });
    process.exit(0);
  });
}

process.on("message", (request: ServerRequest) => {
  if (request.type === "stop") return stop();
  const { user, system } = process.cpuUsage();
  say({ type: "cpu", micros: user + system });
});
// The runner may have been killed; nothing may outlive it.
process.on("disconnect", stop);
say({ type: "listening", port: (server.address() as AddressInfo).port, path: statusPath, authorization });
