import type { ChildProcess } from "node:child_process";
import type { ChildMessage, Deployment, ParentMessage, RuntimeStatus, SocketError } from "@headgate/pipeline";
import { forkChild, killGroup, type ForkOptions } from "./fork-child.ts";
import { splitLines } from "./split-lines.ts";

/** How a process ended. */
export interface ProcessExit {
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** The last line it wrote to its standard error, most often the reason. */
  readonly lastErrorLine: string | undefined;
  readonly outOfMemory: boolean;
}

/** What a process tells, each call on its own; none comes after `exit`. */
export interface PipelineProcessEvents {
  status(status: RuntimeStatus): void;
  failed(error: SocketError): void;
  line(line: string): void;
  /** Once, and after every other call. */
  exit(exit: ProcessExit): void;
}

/** A pipeline process that was started. */
export interface PipelineProcess {
  readonly pid: number | undefined;
  /** SIGKILL to the whole process group. */
  kill(): void;
}

/** What is still in its pipes when a process ends is read, within this time. */
const drainMs = 250;

/** Starts a process for a deployment, and tells what becomes of it. */
export function startPipelineProcess(
  modulePath: string,
  deployment: Deployment,
  options: ForkOptions,
  events: PipelineProcessEvents,
): PipelineProcess {
  const child = forkChild(modulePath, options);
  let lastErrorLine: string | undefined;
  let outOfMemory = false;
  let over = false;
  const end = (exitCode: number | null, signal: string | null): void => {
    if (over) return;
    over = true;
    events.exit({ exitCode, signal, lastErrorLine, outOfMemory });
  };
  // Typed as always there, they are not when the system had no more descriptors to give.
  if (child.stdout) splitLines(child.stdout, events.line);
  if (child.stderr) {
    splitLines(child.stderr, (line) => {
      if (line.includes("JavaScript heap out of memory")) outOfMemory = true;
      if (line.trim() !== "") lastErrorLine = line;
      events.line(line);
    });
  }
  child.on("message", (message) => {
    if (!over) receive(message as ChildMessage, events);
  });
  child.on("error", (error) => {
    lastErrorLine ??= error.message;
    if (child.pid === undefined) end(null, null);
  });
  child.on("exit", (code, signal) => {
    if (child.pid !== undefined) killGroup(child.pid);
    void drained(child).then(() => {
      end(code, signal);
    });
  });
  const deploy: ParentMessage = { type: "deploy", deployment };
  // A failed write means that the process is gone, of which its exit event tells.
  child.send(deploy, () => undefined);
  return {
    pid: child.pid,
    kill: () => {
      if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) killGroup(child.pid);
    },
  };
}

function receive(message: ChildMessage, events: PipelineProcessEvents): void {
  if (message.type === "status") events.status(message.status);
  else events.failed(message.error);
}

async function drained(child: ChildProcess): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, drainMs);
  const waiting = new Set(["close", ...(child.connected ? ["disconnect"] : [])]);
  for (const name of waiting) {
    child.once(name, () => {
      waiting.delete(name);
      if (waiting.size === 0) resolve();
    });
  }
  await promise;
  clearTimeout(timer);
}
