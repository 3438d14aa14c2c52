import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, expect, test } from "@jest/globals";
import type { Pipeline } from "../src/api.ts";
import { createWorld, eventually, freshDirectory, processMark } from "./fixtures/world.ts";

const directory = freshDirectory();
afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

interface Host {
  readonly process: ChildProcess;
  call<T>(method: string, ...args: unknown[]): Promise<T>;
  until(name: string, what: (p: Pipeline) => boolean): Promise<Pipeline>;
}

async function startHost(): Promise<Host> {
  const child = fork(join(import.meta.dirname, "fixtures/host-process.ts"), [directory], {
    execArgv: ["--conditions=headgate-source", "--disable-warning=ExperimentalWarning"],
  });
  const receive = async (): Promise<Record<string, unknown>> => (await once(child, "message"))[0] as Record<string, unknown>;
  const first = await receive();
  if (first["ready"] !== true) throw new Error(String(first["refused"]));
  const host: Host = {
    process: child,
    call: async <T>(method: string, ...args: unknown[]) => {
      const answer = receive();
      const [service, name] = method.split(".");
      child.send({ service, method: name, args });
      return (await answer)["answer"] as T;
    },
    until: async (name, what) => {
      let seen: Pipeline | undefined;
      await eventually(
        async () => what((seen = await host.call<Pipeline>("pipelines.get", name))),
        () => JSON.stringify(seen),
      );
      return seen as Pipeline;
    },
  };
  return host;
}

function processesOf(dataDirectory: string): number[] {
  const db = new DatabaseSync(join(dataDirectory, "catalogue.sqlite"));
  const rows = db.prepare("SELECT pid FROM processes").all() as { pid: number }[];
  db.close();
  return rows.map(({ pid }) => pid);
}

test("after kill -9 of the server what ran runs again, as it ran, and nothing of the old one lingers", async () => {
  const first = await startHost();
  const env = (behave: string) => ({ env: { BEHAVE: behave } });
  for (const [name, behave] of [
    ["runs", ""],
    ["pauses", ""],
    ["stays", "orphan deaf"],
    ["idle", ""],
  ] as const) {
    await first.call("pipelines.create", { name, programCode: "x", runtimeConfig: env(behave), description: `it ${name}` });
  }
  for (const name of ["runs", "pauses", "stays"]) await first.call("pipelines.start", name, {});
  for (const name of ["runs", "pauses", "stays"]) await first.until(name, (p) => p.runtimeStatus === "Running");
  await first.call("pipelines.pause", "pauses");
  const before = await first.until("pauses", (p) => p.runtimeStatus === "Paused");
  await first.call("pipelines.create", { name: "late", programCode: "wait 600" });
  const { secret } = await first.call<{ secret: string }>("apiKeys.create", "robot", "write");
  first.process.kill("SIGKILL");
  await once(first.process, "exit");
  const orphans = processesOf(directory);
  expect(orphans.length).toBeGreaterThanOrEqual(4);
  expect(orphans.some((pid) => processMark(pid) !== undefined)).toBe(true);

  await using world = await createWorld({}, directory);
  expect(orphans.filter((pid) => processMark(pid) !== undefined)).toEqual([]);
  await world.until("runs", (p) => p.runtimeStatus === "Running");
  await world.until("stays", (p) => p.runtimeStatus === "Running");
  const after = await world.until("pauses", (p) => p.runtimeStatus === "Paused");
  expect(after).toMatchObject({ id: before.id, runtimeDesiredStatus: "Paused", deploymentInitial: "Running", description: "it pauses" });
  expect(after.deploymentId).not.toBe(before.deploymentId);
  // Nobody was at work in its storage when the second life began, else it would have given up.
  expect(world.lives(after)).toEqual([before.deploymentId, after.deploymentId]);
  expect(await world.manager.pipelines.get("idle")).toMatchObject({
    resourcesStatus: "Stopped",
    programStatus: "Success",
    storageStatus: "Cleared",
  });
  await world.until("late", (p) => p.programStatus === "Success");
  expect(world.manager.apiKeys.authenticate(secret)).toMatchObject({ name: "robot", role: "write" });
  expect((await world.manager.pipelines.events("runs")).length).toBeGreaterThan(5);
  // A second server on the same directory is turned away with one sentence, and the first goes on.
  await expect(startHost()).rejects.toThrow(`The data directory ${directory} is in use by another server`);
  expect(await world.manager.pipelines.get("runs")).toMatchObject({ resourcesStatus: "Provisioned" });
});

test("closing the server ends its processes and keeps what was wished for", async () => {
  const own = freshDirectory();
  const world = await createWorld({}, own);
  await world.running("runs");
  await world.running("stubborn", "no-stop");
  const began = performance.now();
  await world.manager.close({ deadlineMs: 300 });
  expect(performance.now() - began).toBeLessThan(2000);
  expect(processesOf(own).filter((pid) => processMark(pid) !== undefined)).toEqual([]);
  await world.reopen();
  await world.until("runs", (p) => p.runtimeStatus === "Running");
  await world.manager.pipelines.stop("stubborn", { force: true });
  await world[Symbol.asyncDispose]();
});

test("what was being stopped when the server died has stopped, and what was being cleared is cleared", async () => {
  const own = freshDirectory();
  const world = await createWorld({}, own);
  await world.running("orders");
  await world.manager.close();
  const db = new DatabaseSync(join(own, "catalogue.sqlite"));
  const { state } = db.prepare("SELECT state FROM pipelines").get() as { state: string };
  const stopping = {
    ...(JSON.parse(state) as object),
    resourcesStatus: "Stopping",
    resourcesDesiredStatus: "Stopped",
    storageStatus: "Clearing",
  };
  db.prepare("UPDATE pipelines SET state = ?").run(JSON.stringify(stopping));
  db.close();
  await world.reopen();
  const recovered = await world.until("orders", (p) => p.storageStatus === "Cleared");
  expect(recovered).toMatchObject({ resourcesStatus: "Stopped", runtimeDesiredStatus: null, deploymentInitial: null });
  await world[Symbol.asyncDispose]();
});
