import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const serverEntry = join(import.meta.dirname, "../../apps/server/dist/main.js");

/** The built server as a user runs it: a process of its own, on a free port, with a data folder that is thrown away. */
export interface BuiltServer {
  readonly url: string;
  readonly dataDir: string;
  readonly process: ChildProcess;
  /** What it has written to stdout so far. */
  stdout(): string;
  stderr(): string;
  /** Waits until stdout has the text. */
  printed(text: string, timeoutMs?: number): Promise<void>;
  /** SIGTERM, then its exit code. */
  stop(): Promise<number | null>;
}

export async function startBuiltServer(args: readonly string[], dataDir?: string): Promise<BuiltServer> {
  const folder = dataDir ?? (await mkdtemp(join(tmpdir(), "headgate-smoke-")));
  const child = spawn(process.execPath, [serverEntry, "--port", "0", "--data-dir", folder, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const printed = async (text: string, timeoutMs = 20_000): Promise<void> => {
    try {
      await until(
        `"${text}" on stdout`,
        () => {
          if (child.exitCode !== null) throw new Error(`the server exited with ${child.exitCode}`);
          return Promise.resolve(stdout.includes(text) || undefined);
        },
        timeoutMs,
      );
    } catch (cause) {
      throw new Error(`"${text}" was not printed; stdout: ${stdout}; stderr: ${stderr}`, { cause });
    }
  };
  await printed("http://");
  const url = /http:\/\/[^\s]+/.exec(stdout)?.[0] ?? "";
  return {
    url,
    dataDir: folder,
    process: child,
    stdout: () => stdout,
    stderr: () => stderr,
    printed,
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) {
        const exit = once(child, "exit");
        child.kill("SIGTERM");
        await exit;
      }
      if (dataDir === undefined) await rm(folder, { recursive: true, force: true });
      return child.exitCode;
    },
  };
}

/** Polls until `ready` gives something else than undefined. */
export async function until<T>(what: string, ready: () => Promise<T | undefined>, timeoutMs = 30_000): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const value = await ready();
    if (value !== undefined) return value;
    if (performance.now() > deadline) throw new Error(`${what} did not happen within ${timeoutMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
