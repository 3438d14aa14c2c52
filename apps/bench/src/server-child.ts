import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import type { ServerListening, ServerNews, ServerRequest, ServerUsage } from "./server-messages.ts";

/** The process of a server that is measured, as its runner sees it. */
export interface ServerChild {
  readonly listening: ServerListening;
  usage(): Promise<ServerUsage>;
  /** Never throws. */
  stop(): Promise<void>;
}

/** Starts one: see server-process.ts. @throws Error when it ends instead of listening */
export async function startServerChild(...args: readonly string[]): Promise<ServerChild> {
  const child = fork(new URL("server-process.ts", import.meta.url), args, { execArgv: process.execArgv });
  const listening = await news(child, "listening");
  return {
    listening,
    usage: () => {
      child.send({ type: "usage" } satisfies ServerRequest);
      return news(child, "usage");
    },
    stop: async () => {
      if (child.exitCode !== null || !child.connected) return;
      const exit = once(child, "exit");
      child.send({ type: "stop" } satisfies ServerRequest);
      await exit;
    },
  };
}

async function news<Type extends ServerNews["type"]>(child: ChildProcess, type: Type): Promise<Extract<ServerNews, { type: Type }>> {
  const [message] = (await eventOrExit(child, "message")) as [ServerNews];
  if (message.type !== type) throw new Error(`expected '${type}', got '${message.type}'`);
  return message as Extract<ServerNews, { type: Type }>;
}

/** The next event of a process. @throws Error when the process ends instead */
export async function eventOrExit(child: ChildProcess, event: string): Promise<unknown[]> {
  const ended = new AbortController();
  const exit = once(child, "exit", { signal: ended.signal }).then(([code]) => {
    throw new Error(`a process of the benchmark ended with ${String(code)}`);
  });
  try {
    return await Promise.race([once(child, event, { signal: ended.signal }), exit]);
  } finally {
    ended.abort();
    await exit.catch(() => undefined);
  }
}
