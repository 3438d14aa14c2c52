import { fork, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { startKafka } from "@headgate/app-kafka";
import { median, printTable } from "../print-table.ts";
import { eventOrExit, startServerChild, type ServerChild } from "../server-child.ts";
import { processorTime } from "../processor-time.ts";
import { ensureConnectors } from "./bench-connectors.ts";
import { benchCluster, connectorNames, type LoadRequest, type LoadResult } from "./messages.ts";

const ways = ["direct", "direct again", "kafka-connect", "embedded"] as const;
type Way = (typeof ways)[number];
type Target = Pick<LoadRequest, "port" | "paths">;
type Settings = Pick<LoadRequest, "connections" | "milliseconds"> & { readonly rounds: number };

/**
 * Status reads by many callers: from a Kafka Connect worker itself, through Headgate in front of that worker, and of a pipeline's own
 * connectors. All are up at once and take turns in every round; `direct again` is the same worker twice, and shows how far apart equals
 * come out. Needs Java and Maven, see docs/kafka.md.
 */
export async function runConnectBench(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: "boolean", default: false },
      rounds: { type: "string", default: "7" },
      seconds: { type: "string", default: "1.5" },
      connections: { type: "string", default: "24" },
      connectors: { type: "string", default: "1,10,100" },
    },
  });
  const settings = { connections: Number(values.connections), milliseconds: Number(values.seconds) * 1000, rounds: Number(values.rounds) };
  const counts = values.connectors.split(",").map(Number);
  const directory = mkdtempSync(join(tmpdir(), "headgate-bench-connect-"));
  const load = fork(new URL("load-process.ts", import.meta.url), { execArgv: process.execArgv });
  const kafka = await startKafka({ workers: 1 });
  try {
    const [url = ""] = kafka.connectUrls;
    const file = join(directory, "in.json");
    const runs: Run[] = [];
    for (const [index, count] of counts.entries()) {
      await ensureConnectors(url, file, counts[index - 1] ?? 0, count);
      const worker: Worker = { url, pid: kafka.workers[0]?.pid ?? 0 };
      runs.push(await measureCount(load, worker, file, count, settings));
    }
    console.log(values.json ? JSON.stringify({ settings, node: process.version, runs }, null, 2) : runs.map(table).join("\n\n"));
  } finally {
    load.kill();
    await kafka.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

interface Sample {
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Processor time of the server's processes for each request, the worker's behind Headgate included. */
  readonly cpuMicros: number;
}
interface Worker {
  readonly url: string;
  readonly pid: number;
}
interface Line extends Sample {
  readonly way: Way;
  /** Median over rounds of this way's requests a second divided by the worker's in the same round. */
  readonly ratio: number;
  readonly samples: readonly Sample[];
}
interface Run {
  readonly connectors: number;
  readonly lines: readonly Line[];
}

async function measureCount(load: ChildProcess, worker: Worker, file: string, count: number, settings: Settings): Promise<Run> {
  const server = await startServerChild("connect", worker.url, file, String(count));
  try {
    const targets = targetsOf(Number(new URL(worker.url).port), server.listening.port, count);
    const measure = (way: Way): Promise<Sample> => measureWay(load, { worker, server }, targets[way], settings);
    const samples = new Map<Way, Sample[]>(ways.map((way) => [way, []]));
    for (const way of ways) await warmUp(() => measure(way));
    for (let round = 0; round < settings.rounds; round += 1) {
      for (const way of round % 2 === 0 ? ways : [...ways].reverse()) {
        samples.get(way)?.push(await measure(way));
      }
    }
    return { connectors: count, lines: summarise(samples) };
  } finally {
    await server.stop();
  }
}

function targetsOf(workerPort: number, port: number, count: number): Readonly<Record<Way, Target>> {
  const names = connectorNames(count);
  const direct = { port: workerPort, paths: names.map((name) => `/connectors/${name}/status`) };
  const through = (environment: string, cluster: string, prefix: string): Target => ({
    port,
    paths: names.map((name) => `/connect/v1/environments/${environment}/clusters/${cluster}/connectors/${prefix}${name}/status`),
  });
  return {
    direct,
    "direct again": direct,
    "kafka-connect": through(benchCluster.environment, benchCluster.cluster, ""),
    embedded: through("default", "bench", "t."),
  };
}

/** Both sides compile what is called often, Java's after many calls: as many requests as that takes, or as long as one is willing to wait. */
async function warmUp(measure: () => Promise<Sample>): Promise<void> {
  const startedAt = performance.now();
  for (let requests = 0; requests < 20_000 && performance.now() - startedAt < 20_000;) {
    const before = performance.now();
    const { requestsPerSecond } = await measure();
    requests += (requestsPerSecond * (performance.now() - before)) / 1000;
  }
}

async function measureWay(
  load: ChildProcess,
  servers: { readonly worker: Worker; readonly server: ServerChild },
  target: Target,
  { connections, milliseconds }: Settings,
): Promise<Sample> {
  const before = await cpuMs(servers);
  load.send({ ...target, connections, milliseconds } satisfies LoadRequest);
  const [result] = (await eventOrExit(load, "message")) as [LoadResult];
  const cpu = (await cpuMs(servers)) - before;
  const { requests, p50Ms, p99Ms } = result;
  return { requestsPerSecond: (requests * 1000) / result.milliseconds, p50Ms, p99Ms, cpuMicros: (cpu * 1000) / requests };
}

async function cpuMs({ worker, server }: { readonly worker: Worker; readonly server: ServerChild }): Promise<number> {
  const usage = await server.usage();
  return usage.server + usage.pipeline + processorTime(String(worker.pid));
}

function summarise(all: ReadonlyMap<Way, readonly Sample[]>): readonly Line[] {
  const base = all.get("direct") ?? [];
  return [...all].map(([way, samples]) => ({
    way,
    requestsPerSecond: median(samples.map((sample) => sample.requestsPerSecond)),
    p50Ms: median(samples.map((sample) => sample.p50Ms)),
    p99Ms: median(samples.map((sample) => sample.p99Ms)),
    cpuMicros: median(samples.map((sample) => sample.cpuMicros)),
    ratio: median(samples.map((sample, round) => sample.requestsPerSecond / (base[round]?.requestsPerSecond ?? Number.NaN))),
    samples,
  }));
}

/** What each way should come to, against the worker itself. */
const targets: Partial<Record<Way, number>> = { "kafka-connect": 0.9, embedded: 2 };

function table({ connectors, lines }: Run): string {
  const rows = lines.map(({ way, requestsPerSecond, p50Ms, p99Ms, cpuMicros, ratio }) => [
    way,
    requestsPerSecond.toFixed(0),
    p50Ms.toFixed(2),
    p99Ms.toFixed(2),
    cpuMicros.toFixed(0),
    ratio.toFixed(2),
    targets[way] === undefined ? "" : `≥ ${String(targets[way])}`,
  ]);
  const head = [`status, ${String(connectors)} connectors`, "requests/s", "p50 ms", "p99 ms", "CPU µs/request", "× direct", "target"];
  return printTable([head, ...rows]);
}
