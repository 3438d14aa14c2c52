import { describe, expect, test } from "@jest/globals";
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { serverEntry, startBuiltServer, until } from "./built-server.ts";

const run = (args: readonly string[], dataDir: string): { status: number | null; stdout: string; stderr: string } =>
  spawnSync(process.execPath, [serverEntry, "--data-dir", dataDir, ...args], { encoding: "utf8", timeout: 30_000 });
const withFolder = async <T>(body: (folder: string) => Promise<T>): Promise<T> => {
  const folder = await mkdtemp(join(tmpdir(), "headgate-smoke-"));
  try {
    return await body(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
const create = (url: string, name: string, program: string): Promise<Response> =>
  fetch(`${url}/v0/pipelines`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ name, program_code: program }),
  });
const status = async (url: string, name: string): Promise<string> =>
  ((await (await fetch(`${url}/v0/pipelines/${name}?selector=status`)).json()) as { deployment_status: string }).deployment_status;
/** Child processes, as Linux lists them. */
const children = async (pid: number): Promise<number[]> =>
  (await readFile(`/proc/${pid}/task/${pid}/children`, "utf8")).split(" ").map(Number).filter(Boolean);
const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

describe("the command line", () => {
  test("a port in use is one clear sentence and exit code 1", () =>
    withFolder(async (folder) => {
      const holder = createServer().listen(0, "127.0.0.1");
      await once(holder, "listening");
      const { port } = holder.address() as AddressInfo;
      const result = run(["--no-demo", "--port", String(port)], folder);
      holder.close();
      expect(result.status).toBe(1);
      expect(result.stderr.trim().split("\n")).toHaveLength(1);
      expect(result.stderr).toContain(String(port));
      expect(result.stderr).not.toMatch(/\bat .*\.js:\d+/);
    }));

  test("an address beyond loopback is refused without keys", () =>
    withFolder(async (folder) => {
      const result = run(["--no-demo", "--host", "0.0.0.0", "--port", "0"], folder);
      expect(result.status).toBe(1);
      expect(result.stderr).toContain("--insecure");
    }));

  test("a key made on the command line opens a server that asks for keys", () =>
    withFolder(async (folder) => {
      const made = run(["--create-api-key", "ci"], folder);
      expect(made.status).toBe(0);
      const key = /apikey:\S+/.exec(made.stdout)?.[0];
      expect(key).toBeDefined();
      const server = await startBuiltServer(["--no-demo", "--auth"], folder);
      expect((await fetch(`${server.url}/v0/pipelines`)).status).toBe(401);
      expect((await fetch(`${server.url}/v0/pipelines`, { headers: { authorization: `Bearer ${key}` } })).status).toBe(200);
      expect(await server.stop()).toBe(0);
    }));

  test("an unknown flag says which, and exits with 1", () =>
    withFolder(async (folder) => {
      const result = run(["--prot", "1"], folder);
      expect(result.status).toBe(1);
      expect(result.stderr).toContain("--prot");
    }));
});

describe("a server that dies", () => {
  test("after kill -9 no child lingers, and a new start runs again what was running", () =>
    withFolder(async (folder) => {
      const first = await startBuiltServer(["--no-demo"], folder);
      expect((await create(first.url, "survivor", "CREATE TABLE t (a INT) WITH ('materialized' = 'true');")).status).toBe(201);
      expect((await fetch(`${first.url}/v0/pipelines/survivor/start`, { method: "POST" })).status).toBe(202);
      await until("running", async () => ((await status(first.url, "survivor")) === "Running" ? true : undefined));
      const left = await children(first.process.pid as number);
      expect(left.length).toBeGreaterThan(0);
      const exit = once(first.process, "exit");
      first.process.kill("SIGKILL");
      await exit;
      await until("its children gone", async () => (left.some(alive) ? undefined : true), 10_000);

      const second = await startBuiltServer(["--no-demo"], folder);
      await until("running again", async () => ((await status(second.url, "survivor")) === "Running" ? true : undefined));
      expect(await second.stop()).toBe(0);
    }));
});
