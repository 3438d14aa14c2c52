/** A server that a benchmark measures, in a process of its own: `server-process.ts http <variant>` `… pipeline <output file> durable|memory` or `… connect <worker's URL> <file> <count>`. */
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { benchPipeline, type BenchManager } from "./bench-manager.ts";
import { openConnectServer } from "./connect/open-connect-server.ts";
import { openVariant } from "./http/open-variant.ts";
import { processorTime } from "./processor-time.ts";
import { openPipelineServer } from "./pipeline/open-pipeline-server.ts";
import type { ServerNews, ServerRequest } from "./server-messages.ts";

/** A server that does not listen yet, and what belongs to it. */
export interface OpenServer {
  readonly server: Server;
  readonly authorization: string | null;
  readonly bench: BenchManager;
}

const kinds: Readonly<Record<string, (args: readonly string[]) => Promise<OpenServer>>> = {
  http: openVariant,
  pipeline: openPipelineServer,
  connect: openConnectServer,
};

const [kind = "", ...args] = process.argv.slice(2);
const open = kinds[kind];
if (open === undefined) throw new Error(`There is no kind of server '${kind}'. Known ones: ${Object.keys(kinds).join(", ")}.`);
const { authorization, bench, server } = await open(args);
server.listen(0, "127.0.0.1");
await once(server, "listening");

function children(): number {
  let milliseconds = 0;
  try {
    for (const task of readdirSync("/proc/self/task"))
      for (const child of readFileSync(`/proc/self/task/${task}/children`, "utf8").split(" ").filter(Boolean))
        milliseconds += processorTime(child);
  } catch {
    // Not on Linux, or a child that has just ended: the share of the pipeline is not known.
  }
  return milliseconds;
}

let stopping = false;
function stop(): void {
  if (stopping) return;
  stopping = true;
  server.closeAllConnections();
  server.close();
  void bench.close().finally(() => process.exit(0));
}

async function tellUsage(): Promise<void> {
  const { system, user } = process.cpuUsage();
  const { global } = await bench.manager.interaction.stats(benchPipeline, { errors: false });
  const { runtimeElapsedMsecs: stepMs, totalCompletedSteps: steps } = global;
  say({ type: "usage", server: (user + system) / 1000, pipeline: children(), steps, stepMs });
}

const say = (news: ServerNews): void => void process.send?.(news);
process.on("message", (request: ServerRequest) => {
  if (request.type === "stop") return stop();
  void tellUsage();
});
// The runner may have been killed; nothing may outlive it.
process.on("disconnect", stop);
say({ type: "listening", port: (server.address() as AddressInfo).port, authorization, startMs: bench.startMs });
