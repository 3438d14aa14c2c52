import { createClient } from "@headgate/client";
import { createServer } from "@headgate/server";
import { join, resolve } from "node:path";
import { createDemos } from "./demo/demos.ts";
import { runDemo } from "./demo/run-demo.ts";
import { listen } from "./listen.ts";
import { listenPolicy } from "./listen-policy.ts";
import { createLogger } from "./logger.ts";
import { readConnectClusters } from "./connect-clusters.ts";
import { openManager } from "./open-manager.ts";
import type { ServerOptions } from "./options.ts";
import { onStopSignal } from "./stop-signal.ts";
import { UsageError } from "./usage-error.ts";

/** Both together stay below the ten seconds that process managers wait before they kill. */
const requestsGraceMs = 4000;
const pipelinesGraceMs = 5000;

/** Runs the server until it is told to stop; resolves when everything has ended in order. */
export async function runServer(options: ServerOptions, version: string): Promise<void> {
  const policy = listenPolicy(options);
  if (!policy.allowed) throw new UsageError(policy.reason);
  const logger = createLogger(options.logLevel);
  const dataDir = resolve(options.dataDir);
  const manager = await openManager({ dataDir, version, logger, connectClusters: readConnectClusters(options) });
  const { server, close } = createServer({
    manager,
    logger,
    authentication: { required: policy.authentication },
    version: { version },
    demos: createDemos(join(dataDir, "demo")),
    limits: { shutdownGraceMs: requestsGraceMs },
    connectRateLimit: options.connectRateLimit,
  });
  const stopping = new AbortController();
  const ended = onStopSignal(async (signal) => {
    logger.info({ signal }, "Stopping: requests end, pipelines stop at a step boundary. Again to stop at once.");
    stopping.abort(new Error("the server is stopping"));
    await close();
    await manager.close({ deadlineMs: pipelinesGraceMs });
  });
  let baseUrl: string;
  try {
    baseUrl = await listen(server, options.host, options.port);
  } catch (error) {
    await manager.close();
    throw error;
  }
  process.stdout.write(`Headgate ${version} listens on ${baseUrl}\nData in ${dataDir}\n`);
  if (policy.authentication && (await manager.apiKeys.list()).length === 0) {
    process.stdout.write("There is no API key yet: stop the server and run it once with --create-api-key NAME.\n");
  }
  if (options.demo) await demo(options, baseUrl, dataDir, policy.authentication, stopping.signal);
  await ended;
}

/** A demo that fails must not take the server with it: the reason is shown, and the server goes on. */
async function demo(options: ServerOptions, baseUrl: string, dataDir: string, authentication: boolean, signal: AbortSignal): Promise<void> {
  if (authentication) {
    process.stdout.write("The demo pipeline is not started, since the server asks for API keys.\n");
    return;
  }
  // A server on every address is reached through loopback from here.
  const local = options.host === "0.0.0.0" || options.host === "::" ? baseUrl.replace(/\/\/[^/]*:/, "//127.0.0.1:") : baseUrl;
  try {
    await runDemo({ client: createClient({ baseUrl: local }), baseUrl: local, dataDir, out: process.stdout, signal });
  } catch (error) {
    if (!signal.aborted)
      process.stderr.write(`The demo pipeline could not be run: ${error instanceof Error ? error.message : String(error)}\n`);
  }
}
