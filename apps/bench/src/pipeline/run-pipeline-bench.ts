import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { printTable, quantile } from "../print-table.ts";
import { startServerChild, type ServerChild } from "../server-child.ts";
import { createLoad } from "./load.ts";
import { watchOutput } from "./watch-output.ts";

interface Phase {
  readonly mode: string;
  readonly phase: string;
  readonly rowsPerSecond: number;
  /** From the moment when a batch was to be sent until a line with its effect was read from the file. */
  readonly medianMs: number;
  readonly p99Ms: number;
  /** Processors' worth of time of each process. */
  readonly processors: { readonly load: number; readonly server: number; readonly pipeline: number };
  /** Of the pipeline: where a row's time goes besides waiting. */
  readonly rowsPerStep: number;
  readonly stepMs: number;
  readonly startMs: number;
}

/**
 * End to end: JSON lines over HTTP ingress into a keyed table, joined and grouped, out to a file. First as fast as it takes rows,
 * then at a fixed rate, where a batch's time counts from when it was due.
 */
export async function runPipelineBench(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seconds: { type: "string", default: "8" },
      rate: { type: "string", default: "100000" },
      rows: { type: "string", default: "2000" },
      connections: { type: "string", default: "4" },
      modes: { type: "string", default: "durable,memory" },
      json: { type: "boolean", default: false },
    },
  });
  const settings = {
    milliseconds: Number(values.seconds) * 1000,
    rate: Number(values.rate),
    rows: Number(values.rows),
    connections: Number(values.connections),
  };
  const phases: Phase[] = [];
  for (const mode of values.modes.split(",")) phases.push(...(await runMode(mode, settings)));
  const durable = phases.filter(({ mode }) => mode === "durable");
  const targets = [
    { what: "sustained rows/s, durable", target: "≥ 100k", reached: Math.max(...durable.map((phase) => phase.rowsPerSecond)) },
    { what: "p99 ms from ingest to file at the fixed rate, durable", target: "≤ 250", reached: durable.at(-1)?.p99Ms ?? Number.NaN },
    { what: "the same as fast as it goes", target: "≤ 250", reached: durable[0]?.p99Ms ?? Number.NaN },
  ];
  if (values.json) return console.log(JSON.stringify({ node: process.version, settings, phases, targets }, null, 2));
  console.log(table(phases));
  console.log(`\n${printTable([["target", "wanted", "reached"], ...targets.map(({ what, target, reached }) => [what, target, reached.toFixed(0)])])}`); // prettier-ignore
}

interface RunSettings {
  readonly milliseconds: number;
  readonly rate: number;
  readonly rows: number;
  readonly connections: number;
}

async function runMode(mode: string, { milliseconds, rate, rows, connections }: RunSettings): Promise<Phase[]> {
  if (mode !== "durable" && mode !== "memory") throw new Error(`There is no mode '${mode}'. Known ones: durable, memory.`);
  const folder = await mkdtemp(join(tmpdir(), "headgate-bench-out-"));
  const output = join(folder, "totals.json");
  let server: ServerChild | undefined;
  try {
    server = await startServerChild("pipeline", output, mode);
    const { port, startMs } = server.listening;
    const load = createLoad(port, rows, connections);
    const watch = await watchOutput(output);
    await load.customers();
    await load.orders(milliseconds / 4, undefined);
    const phases: Phase[] = [];
    for (const perSecond of [undefined, rate]) {
      const first = load.sent.length;
      if (first > 0) await watch.until(first - 1, 60_000);
      const before = await usage(server);
      const start = performance.now();
      const taken = await load.orders(milliseconds, perSecond);
      await watch.until(load.sent.length - 1, 60_000);
      const took = performance.now() - start;
      const after = await usage(server);
      const waits = load.sent.slice(first).map((due, i) => watch.seen[first + i]! - due);
      phases.push({
        mode,
        phase: perSecond === undefined ? "as fast as it goes" : `${perSecond / 1000}k a second`,
        rowsPerSecond: (taken * 1000) / took,
        medianMs: quantile(waits, 0.5),
        p99Ms: quantile(waits, 0.99),
        processors: {
          load: (after.load - before.load) / took,
          server: (after.server - before.server) / took,
          pipeline: (after.pipeline - before.pipeline) / took,
        },
        rowsPerStep: taken / (after.steps - before.steps),
        stepMs: (after.stepMs - before.stepMs) / (after.steps - before.steps),
        startMs,
      });
    }
    load.close();
    await watch.stop();
    return phases;
  } finally {
    await server?.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

interface Usage {
  readonly load: number;
  readonly server: number;
  readonly pipeline: number;
  readonly steps: number;
  readonly stepMs: number;
}

async function usage(child: ServerChild): Promise<Usage> {
  const { system, user } = process.cpuUsage();
  return { load: (user + system) / 1000, ...(await child.usage()) };
}

function table(phases: readonly Phase[]): string {
  const head = [
    "",
    "rows/s",
    "median ms",
    "p99 ms",
    "CPU load",
    "CPU server",
    "CPU pipeline",
    "CPU µs/row",
    "rows/step",
    "ms/step",
    "start ms",
  ];
  const lines = phases.map(({ mode, phase, rowsPerSecond, medianMs, p99Ms, processors, rowsPerStep, stepMs, startMs }) => {
    const micros = ((processors.server + processors.pipeline) * 1e6) / rowsPerSecond;
    const shares = [processors.load, processors.server, processors.pipeline].map((share) => share.toFixed(2));
    return [
      `${mode}, ${phase}`,
      rowsPerSecond.toFixed(0),
      medianMs.toFixed(0),
      p99Ms.toFixed(0),
      ...shares,
      micros.toFixed(1),
      rowsPerStep.toFixed(0),
      stepMs.toFixed(1),
      startMs.toFixed(0),
    ];
  });
  return printTable([head, ...lines]);
}
