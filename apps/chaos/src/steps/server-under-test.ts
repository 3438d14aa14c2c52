import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createClient, type Client } from "@headgate/client";

/** The real server as a process of its own, on a data folder that outlives it. */
export interface ServerUnderTest {
  readonly client: Client;
  /** The process of the deployed pipeline, if there is one. */
  pipelineProcess(): number | undefined;
  /** SIGKILL to that process, if there is one. */
  killPipeline(): void;
  /** SIGKILL to the server alone. */
  kill(): Promise<void>;
  /** SIGTERM. */
  stop(): Promise<void>;
  readonly log: () => string;
}

const entry = join(import.meta.dirname, "../../../server", import.meta.filename.endsWith(".ts") ? "src/main.ts" : "dist/main.js");
const keptLog = 200_000;

/** Where processes of pipelines of a server on this folder read at which point they kill themselves. */
const pointFile = (dataDir: string): string => `${dataDir}.crash-point`;

/** Chooses where the next process of a pipeline kills itself, `journal.written:3`; undefined: nowhere. */
export function arm(dataDir: string, crashPoint: string | undefined): void {
  writeFileSync(pointFile(dataDir), crashPoint ?? "");
}

/** Starts a server and waits until it says where it listens. */
export async function startServer(dataDir: string): Promise<ServerUnderTest> {
  const child = spawn(
    process.execPath,
    [...process.execArgv, entry, "--port", "0", "--data-dir", dataDir, "--no-demo", "--log-level", "warn"],
    { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, HEADGATE_CRASH_POINT: `@${pointFile(dataDir)}` } },
  );
  let log = "";
  const keep = (text: string): void => void (log = (log + text).slice(-keptLog));
  child.stderr.setEncoding("utf8").on("data", keep);
  const url = await listening(child, keep, () => log);
  const pipelineProcess = (): number | undefined => childOf(child.pid!, "pipeline-process");
  return {
    client: createClient({ baseUrl: url, retry: { maxRetries: 0 }, timeoutMs: 30_000 }),
    pipelineProcess,
    killPipeline: () => {
      killProcess(pipelineProcess());
    },
    kill: () => end(child, "SIGKILL"),
    stop: () => end(child, "SIGTERM"),
    log: () => log,
  };
}

function killProcess(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has gone meanwhile.
  }
}

function listening(child: ChildProcess, keep: (text: string) => void, log: () => string): Promise<string> {
  return new Promise((resolve, reject) => {
    let printed = "";
    const timer = setTimeout(() => {
      reject(new Error(`The server did not say where it listens within 30 seconds:\n${log()}`));
    }, 30_000);
    child.once("exit", (code, signal) => {
      clearTimeout(timer);
      reject(new Error(`The server ended with ${String(code ?? signal)}:\n${log()}`));
    });
    child.stdout!.setEncoding("utf8").on("data", (text: string) => {
      keep(text);
      printed = (printed + text).slice(-10_000);
      const url = /http:\/\/[^\s]+/.exec(printed)?.[0];
      if (url === undefined) return;
      clearTimeout(timer);
      resolve(url);
    });
  });
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, "exit");
  child.kill(signal);
  await exit;
}

/** A child process by a word of its command line, from /proc. */
function childOf(parent: number, word: string): number | undefined {
  for (const name of readdirSync("/proc")) {
    if (!/^[0-9]+$/.test(name)) continue;
    try {
      const status = readFileSync(`/proc/${name}/stat`, "utf8");
      const ppid = Number(status.slice(status.lastIndexOf(")") + 2).split(" ")[1]);
      if (ppid === parent && readFileSync(`/proc/${name}/cmdline`, "utf8").includes(word)) return Number(name);
    } catch {
      // It has gone meanwhile.
    }
  }
  return undefined;
}
