/** The server with one running pipeline, in a process of its own: `server-process.ts <output file> durable|memory`. */
import { once } from "node:events";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createManager } from "@headgate/manager";
import { createServer } from "@headgate/server";
import type { ServerNews, ServerRequest } from "./messages.ts";
import { programOf } from "./program.ts";

const [output = "", mode = "durable"] = process.argv.slice(2);
const deadlineMs = 30_000;
const directory = mkdtempSync(join(tmpdir(), "headgate-bench-"));
const manager = await createManager({ dataDirectory: directory, platformVersion: "bench" });
await manager.pipelines.create({
  name: "bench",
  programCode: programOf(output),
  runtimeConfig: mode === "memory" ? { storage: null } : {},
});
const startMs = await startPipeline();
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
const { server } = createServer({
  manager,
  version: { version: "bench" },
  validation: "production",
  logger: silent,
  authentication: { required: false },
});
server.listen(0, "127.0.0.1");
await once(server, "listening");
const say = (news: ServerNews): void => void process.send?.(news);

/** From a compiled program to a pipeline that takes rows. */
async function startPipeline(): Promise<number> {
  const deadline = Date.now() + deadlineMs;
  const wait = async (ready: () => Promise<boolean>): Promise<void> => {
    while (!(await ready())) {
      if (Date.now() > deadline) throw new Error("The bench pipeline did not start");
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  await wait(async () => (await manager.pipelines.get("bench")).programStatus === "Success");
  const started = performance.now();
  await manager.pipelines.start("bench", {});
  await wait(async () => {
    const { runtimeStatus, deploymentError } = await manager.pipelines.get("bench");
    if (deploymentError !== null) throw new Error(JSON.stringify(deploymentError));
    return runtimeStatus === "Running";
  });
  return performance.now() - started;
}

/** Processor time of a process in milliseconds, from Linux's accounts in hundredths of a second; 0 where there are none. */
function processorTime(pid: string): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]!.split(" ");
    return (Number(fields[11]) + Number(fields[12])) * 10;
  } catch {
    return 0;
  }
}

function usage(): ServerNews {
  let pipeline = 0;
  try {
    for (const task of readdirSync("/proc/self/task"))
      for (const child of readFileSync(`/proc/self/task/${task}/children`, "utf8").split(" ").filter(Boolean))
        pipeline += processorTime(child);
  } catch {
    // Not on Linux: the share of the pipeline is not known.
  }
  return { type: "usage", server: processorTime("self"), pipeline };
}

let stopping = false;
function stop(): void {
  if (stopping) return;
  stopping = true;
  server.closeAllConnections();
  server.close();
  void manager.close({ deadlineMs: 5000 }).finally(() => {
    rmSync(directory, { recursive: true, force: true });
    process.exit(0);
  });
}
process.on("message", (request: ServerRequest) => (request.type === "stop" ? stop() : say(usage())));
// The runner may have been killed; nothing may outlive it.
process.on("disconnect", stop);
say({ type: "listening", port: (server.address() as AddressInfo).port, startMs });
