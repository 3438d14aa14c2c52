import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer, type HeadgateServer, type ServerOptions } from "../../src/create-server.ts";
import { createMemoryManager, type MemoryManager } from "../double/memory-manager.ts";

export interface LogLine {
  readonly level: "debug" | "info" | "warn" | "error";
  readonly fields: Readonly<Record<string, unknown>>;
  readonly message: string;
}

/** A server on a free port of the loopback, over a manager in memory. */
export interface RunningServer extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly manager: MemoryManager;
  readonly log: LogLine[];
  readonly headgate: HeadgateServer;
  /** `fetch` of a path; a method may stand before it. */
  call(target: string, init?: RequestInit): Promise<Response>;
}

export async function startServer(options: Partial<ServerOptions> & { readonly memory?: MemoryManager } = {}): Promise<RunningServer> {
  const manager = options.memory ?? createMemoryManager();
  const log: LogLine[] = [];
  const record = (level: LogLine["level"]) => (fields: object, message: string) =>
    void log.push({ level, fields: fields as LogLine["fields"], message });
  const headgate = createServer({
    manager,
    logger: { debug: record("debug"), info: record("info"), warn: record("warn"), error: record("error") },
    authentication: { required: false },
    version: { version: "0.1.0", revision: "abc" },
    demos: [{ name: "demo", title: "Demo", description: "A demo.", program_code: "", udf_rust: "", udf_toml: "" }],
    validation: "test",
    ...options,
  });
  headgate.server.listen(0, "127.0.0.1");
  await once(headgate.server, "listening");
  const { port } = headgate.server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    port,
    manager,
    log,
    headgate,
    call: (target, init = {}) => {
      const [method, path] = target.includes(" ") ? (target.split(" ", 2) as [string, string]) : ["GET", target];
      return fetch(url + path, { method, ...init });
    },
    [Symbol.asyncDispose]: () => headgate.close(),
  };
}

/** A manager with the pipeline `orders` running and the pipeline `idle` stopped. */
export async function sampleManager(): Promise<MemoryManager> {
  const manager = createMemoryManager();
  await restoreSample(manager);
  return manager;
}

/** Puts `orders` and `idle` back to what {@link sampleManager} made, whatever has happened to them. */
export async function restoreSample(manager: MemoryManager): Promise<void> {
  for (const name of ["orders", "idle"]) await manager.pipelines.replace(name, { name, programCode: "CREATE TABLE numbers (n INT)" });
  await manager.pipelines.start("orders", {});
}

export const json = (body: unknown): RequestInit => ({
  body: JSON.stringify(body),
  headers: { "content-type": "application/json; charset=utf-8" },
});

/** What the server logged as an error, apart from the access lines of replies like 503. */
export const errorsIn = (log: readonly LogLine[]): LogLine[] => log.filter((line) => line.level === "error" && line.message !== "request");
