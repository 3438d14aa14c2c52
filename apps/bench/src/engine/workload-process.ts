/** One workload and one who computes it, in a process of its own: what one does to the heap does not slow another. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { engineRunner } from "./engine-runner.ts";
import { handWiredRunner } from "./hand-wired/runner.ts";
import type { Contestant, Reply, Request } from "./messages.ts";
import { rawAppendRunner } from "./raw-append-runner.ts";
import type { Runner } from "./runner.ts";
import { nexmarkWorkloads, workloads, type Workload } from "./workloads.ts";

const [contestant, name] = process.argv.slice(2) as [Contestant, string];
const workload = [...workloads, ...nexmarkWorkloads].find((candidate) => candidate.name === name)!;
const send = (reply: Reply): void => void process.send!(reply);
setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

const started = performance.now();
const runner = await openRunner(contestant, workload);
const events = workload.events(7);
/** The keyed workload gives all of its keys at once. */
if (name === "W5") await runner.prepare(events.next(0))();
send({ type: "ready", startMs: performance.now() - started, maintenance: runner.maintenance });
process.on("message", (request: Request) => {
  answer(request).then(
    (reply) => (reply === undefined ? process.disconnect() : send(reply)),
    (error: unknown) => send({ type: "failed", message: (error as Error).stack ?? String(error) }),
  );
});

function openRunner(who: Contestant, what: Workload): Promise<Runner> | Runner {
  switch (who) {
    case "hand-wired":
    case "hand-wired again":
      return handWiredRunner(what);
    case "raw append":
      return rawAppendRunner();
    case "engine":
    case "durable":
    case "recompute":
      return engineRunner(what, { maintenance: who === "recompute" ? "recompute" : "auto", durable: who === "durable" });
    default:
      throw new Error(`Unknown contestant ${String(who)}`);
  }
}

async function answer(request: Request): Promise<Reply | undefined> {
  switch (request.type) {
    case "load":
      return await load(request.events);
    case "run":
      return await run(request.batch, request.milliseconds);
    case "heap": {
      await runner.settle();
      collect();
      return { type: "heap", bytes: process.memoryUsage().heapUsed };
    }
    case "restart": {
      await runner.settle();
      const start = performance.now();
      await runner.restart?.();
      return { type: "restarted", milliseconds: performance.now() - start };
    }
    case "stop":
      await runner.close();
      return undefined;
    default:
      throw new Error(`Unknown request ${JSON.stringify(request)}`);
  }
}

async function load(count: number): Promise<Reply> {
  const batch = 10_000;
  for (let left = count, steps = 1; left > 0; left -= batch, steps++) {
    await runner.prepare(events.next(Math.min(batch, left)))();
    if (steps % 20 === 0) await runner.settle();
  }
  await runner.settle();
  return { type: "loaded", events: count };
}

/** Measures the steps alone; making events is not part of it. What waits to be written at the end is. */
async function run(batch: number, milliseconds: number): Promise<Reply> {
  const steps: number[] = [];
  let spent = 0;
  while (spent < milliseconds) {
    const step = runner.prepare(events.next(batch));
    const start = performance.now();
    await step();
    const took = performance.now() - start;
    steps.push(took);
    spent += took;
  }
  const start = performance.now();
  await runner.settle();
  const settled = contestant === "durable" || contestant === "raw append" ? performance.now() - start : 0;
  return { type: "ran", events: steps.length * batch, milliseconds: spent + settled, steps };
}
