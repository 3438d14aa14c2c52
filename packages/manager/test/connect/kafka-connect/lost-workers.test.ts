import { writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { describeWithKafka, startKafka, type ConnectWorker, type KafkaCluster } from "@headgate/app-kafka";
import type { ConnectorStatus } from "../../../src/connect/api.ts";
import { at, type ConnectWorld, createConnectWorld, fileSource, on, unique, until } from "./connect-world.ts";

describeWithKafka(describe, "the Connect dialect in front of a Kafka Connect cluster that loses workers", () => {
  let kafka: KafkaCluster;
  let world: ConnectWorld;
  beforeAll(async () => {
    // Kafka Connect goes on calling the tasks of a lost worker RUNNING for this long after it has noticed; by default five minutes.
    kafka = await startKafka({ workers: 2, connectConfig: { "scheduled.rebalance.max.delay.ms": 4000 } });
    world = createConnectWorld(kafka.connectUrls);
  }, 240_000);
  afterAll(async () => {
    world[Symbol.dispose]();
    await kafka.stop();
  }, 60_000);

  const idOf = (worker: ConnectWorker): string => new URL(worker.url).host;
  const workersOf = ({ tasks }: ConnectorStatus): readonly (string | null)[] => tasks.map(({ rawWorker }) => rawWorker);
  const calm = ({ state, staleBecause }: ConnectorStatus): boolean => state === "RUNNING" && staleBecause === undefined;
  const spread = (statuses: readonly ConnectorStatus[], count: number): boolean => new Set(statuses.flatMap(workersOf)).size === count;

  test("a worker that hangs hangs nobody: reads are quick, what it runs is told as not fresh, and changes go through the other", async () => {
    writeFileSync(world.file("in.txt"), "a\n");
    const names = [unique("one"), unique("two"), unique("three")];
    const all = (): Promise<readonly ConnectorStatus[]> => Promise.all(names.map((name) => world.connect.status(on(name))));
    for (const name of names) await world.connect.create(at, { name, config: fileSource(name, world.file("in.txt"), unique("topic")) });
    const before = await until(all, (statuses) => statuses.every(calm) && spread(statuses, 2));
    const hung = kafka.workers[0] as ConnectWorker;
    const victim = before.find((status) => workersOf(status).includes(idOf(hung)))?.name ?? "";
    hung.suspend();
    try {
      const seen: ConnectorStatus[] = [];
      const stale = await until(
        async () => {
          const began = performance.now();
          const status = await world.connect.status(on(victim));
          // One attempt of three seconds at the one that hangs, at the very most; then the other one answers.
          expect(performance.now() - began).toBeLessThan(6000);
          seen.push(status);
          return status;
        },
        ({ staleBecause }) => staleBecause !== undefined,
      );
      expect(stale.staleBecause).toMatch(/does not answer|no answer/);
      // Nothing older than the cache was ever shown as fresh, and nothing is FAILED that only has no worker.
      expect(seen.filter(({ staleBecause, state }) => staleBecause === undefined && state === "FAILED")).toEqual([]);
      const began = performance.now();
      await world.connect.list(at);
      expect(performance.now() - began).toBeLessThan(6000);
    } finally {
      hung.resume();
    }
    await until(all, (statuses) => statuses.every(calm));
    for (const name of names) await world.connect.delete(on(name));
  }, 180_000);

  test("the tasks of a worker that is killed move to another one; meanwhile nothing says that they run as if it were fresh", async () => {
    const names = [unique("four"), unique("five"), unique("six"), unique("seven")];
    const all = (): Promise<readonly ConnectorStatus[]> => Promise.all(names.map((name) => world.connect.status(on(name))));
    for (const name of names) await world.connect.create(at, { name, config: fileSource(name, world.file("in.txt"), unique("topic")) });
    const before = await until(all, (statuses) => statuses.every(calm) && spread(statuses, 2));
    const lost = kafka.workers[1] as ConnectWorker;
    const survivor = idOf(kafka.workers[0] as ConnectWorker);
    const victims = before.filter((status) => workersOf(status).includes(idOf(lost))).map(({ name }) => name);
    await lost.kill();
    const killedAt = Date.now();
    const seen: ConnectorStatus[] = [];
    const moved = await until(
      async () => {
        const statuses = await all();
        seen.push(...statuses.filter(({ name }) => victims.includes(name)));
        return statuses;
      },
      (statuses) => statuses.every((status) => calm(status) && workersOf(status).every((worker) => worker === survivor)),
    );
    expect(moved.map(({ name }) => name)).toEqual(names);
    // Two seconds: an observation of just before the kill, and the first look at the worker after it.
    const lies = seen.filter((s) => s.observedAt > killedAt + 2000 && calm(s) && workersOf(s).includes(idOf(lost)));
    expect(lies).toEqual([]);
    expect(seen.some(({ staleBecause }) => staleBecause?.includes(idOf(lost)) === true)).toBe(true);
    expect(seen.filter(({ state }) => state === "FAILED")).toEqual([]);
    await lost.start();
    await world.connect.pause(on(names[0] ?? ""));
    await world.untilState(names[0] ?? "", "PAUSED");
  }, 180_000);

  test("with no worker left the last status is told as old, with the reason; what never was seen is unavailable", async () => {
    const name = unique("last");
    await world.connect.create(at, { name, config: fileSource(name, world.file("in.txt"), unique("topic")) });
    const before = await world.until(name, calm);
    await Promise.all(kafka.workers.map((worker) => worker.kill()));
    const stale = await world.until(name, ({ staleBecause }) => staleBecause?.includes("gave no answer") === true);
    expect(stale).toMatchObject({ state: "RUNNING", staleBecause: expect.stringContaining("connection refused") });
    expect(stale.observedAt).toBeGreaterThanOrEqual(before.observedAt);
    expect(Date.now() - stale.observedAt).toBeGreaterThan(500);
    const unavailable = { code: "EngineUnavailable" };
    await expect(world.connect.list(at)).rejects.toMatchObject(unavailable);
    await expect(world.connect.status(on("never-seen"))).rejects.toMatchObject(unavailable);
    await expect(world.connect.pause(on(name))).rejects.toMatchObject(unavailable);
    world.reopen();
    await expect(world.connect.status(on(name))).rejects.toMatchObject(unavailable);
  }, 120_000);
});
