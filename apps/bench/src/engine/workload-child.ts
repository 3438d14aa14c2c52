import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import type { Contestant, Reply, Request } from "./messages.ts";

/** A process that runs one workload for one contestant. */
export interface WorkloadChild {
  readonly contestant: Contestant;
  readonly startMs: number;
  readonly maintenance: string;
  load(events: number): Promise<void>;
  run(batch: number, milliseconds: number): Promise<Extract<Reply, { type: "ran" }>>;
  heap(): Promise<number>;
  restart(): Promise<number>;
  stop(): Promise<void>;
}

export async function startChild(contestant: Contestant, workload: string): Promise<WorkloadChild> {
  const child = fork(new URL("workload-process.ts", import.meta.url), [contestant, workload], {
    // The young heap is what the server gives a pipeline.
    execArgv: [...process.execArgv, "--max-old-space-size=12000", "--max-semi-space-size=64"],
  });
  const ask = async <Type extends Reply["type"]>(request: Request, type: Type): Promise<Extract<Reply, { type: Type }>> => {
    const reply = next(child, type, `${contestant}, ${workload}`);
    child.send(request);
    return await reply;
  };
  const { startMs, maintenance } = await next(child, "ready", `${contestant}, ${workload}`);
  return {
    contestant,
    startMs,
    maintenance,
    load: async (events) => void (await ask({ type: "load", events }, "loaded")),
    run: (batch, milliseconds) => ask({ type: "run", batch, milliseconds }, "ran"),
    heap: async () => (await ask({ type: "heap" }, "heap")).bytes,
    restart: async () => (await ask({ type: "restart" }, "restarted")).milliseconds,
    async stop() {
      if (child.exitCode !== null || !child.connected) return;
      const exit = once(child, "exit");
      child.send({ type: "stop" } satisfies Request);
      await exit;
    },
  };
}

/** The next message of a process, or an error when it fails or ends instead. */
function next<Type extends Reply["type"]>(child: ChildProcess, type: Type, who: string): Promise<Extract<Reply, { type: Type }>> {
  return new Promise((resolve, reject) => {
    const done = (): void => {
      child.off("message", onMessage);
      child.off("exit", onExit);
    };
    const onMessage = (reply: Reply): void => {
      done();
      if (reply.type === type) resolve(reply as Extract<Reply, { type: Type }>);
      else reject(new Error(`${who}: ${reply.type === "failed" ? reply.message : `expected '${type}', got '${reply.type}'`}`));
    };
    const onExit = (code: number | null): void => {
      done();
      reject(new Error(`${who}: the process ended with ${String(code)}`));
    };
    child.on("message", onMessage);
    child.on("exit", onExit);
  });
}
