/**
 * The engine's fuzzer without end: `npm run fuzz -- engine [--minutes N] [--seed S]`; `--path P` replays one failure.
 *
 * Each batch is a process of its own, so that a crash or a hang of the engine is a finding like any other.
 */
import { fork } from "node:child_process";
import { parseArgs } from "node:util";
import { printScenario } from "./print-scenario.ts";
import { addReports, fuzzBatch, type BatchReport, type Failure } from "./fuzz-batch.ts";

const batchMs = 20_000;
const shrinkMs = 120_000;
/** A scenario takes a fraction of a second: this long without an end is a hang. */
const hangMs = 120_000;

type News = { readonly running: string } | { readonly report: BatchReport };

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    minutes: { type: "string", default: "10" },
    seed: { type: "string", default: String(Date.now() & 0x7fffffff) },
    path: { type: "string" },
    batch: { type: "boolean", default: false },
  },
});
const seed = wholeNumber("seed", values.seed);
if (values.batch) await runBatch();
else if (positionals.length !== 1 || positionals[0] !== "engine") {
  console.error(`Say what to fuzz: npm run fuzz -- engine [--minutes N] [--seed S] [--path P]`);
  process.exitCode = 2;
} else if (values.path !== undefined) await replay(values.path);
else await fuzz(Number(values.minutes) * 60_000);

function wholeNumber(name: string, text: string): number {
  if (!/^-?\d+$/.test(text)) throw new Error(`--${name} must be a whole number, not '${text}'`);
  return Number(text);
}

/** The child's part: one batch, telling each scenario before it runs. */
async function runBatch(): Promise<void> {
  const send = (news: News): void => void process.send?.(news);
  const report = await fuzzBatch({
    seed,
    runs: 1_000_000,
    time: batchMs,
    shrinkTime: shrinkMs,
    onScenario: (scenario) => send({ running: printScenario(scenario) }),
  });
  send({ report });
  process.disconnect();
}

async function replay(path: string): Promise<void> {
  const { failure } = await fuzzBatch({ seed, runs: 1, time: 600_000, shrinkTime: 600_000, path });
  if (failure === undefined) console.log("The case holds now.");
  else printFailure(failure);
}

async function fuzz(time: number): Promise<void> {
  const start = Date.now();
  let total: BatchReport | undefined;
  console.log(`Fuzzing the engine for ${time / 60_000} minutes, seed ${seed}`);
  for (let batch = 0; Date.now() - start < time; batch++) {
    const report = await childBatch(seed + batch);
    total = total === undefined ? report : addReports(total, report);
    console.log(progress(total, Date.now() - start));
    if (total.failure !== undefined) break;
  }
  if (total === undefined) return;
  printCounts("Recomputed because of", total.recomputed);
  if (total.failure !== undefined) printFailure(total.failure);
}

function progress({ programs, steps, faults, incremental, recomputed }: BatchReport, elapsed: number): string {
  const fallbacks = Object.values(recomputed).reduce((sum, n) => sum + n, 0);
  const share = (part: number, whole: number): string => `${((100 * part) / Math.max(1, whole)).toFixed(1)} %`;
  return [
    `${(elapsed / 1000).toFixed(0)} s`,
    `${programs} programs`,
    `${steps} steps`,
    `${faults} faults on both sides`,
    `${share(incremental, incremental + fallbacks)} of ${incremental + fallbacks} views incremental`,
  ].join(", ");
}

function printCounts(title: string, counts: Readonly<Record<string, number>>): void {
  const sorted = Object.entries(counts).sort(([, a], [, b]) => b - a);
  if (sorted.length > 0) console.log(`${title}:`);
  for (const [name, n] of sorted.slice(0, 40)) console.log(`  ${String(n).padStart(6)}  ${name.replaceAll("\n", " / ")}`);
}

function printFailure({ seed: at, path, error, scenario }: Failure): void {
  const again = path === "" ? "" : `\nReplay: npm run fuzz -- engine --seed ${at} --path ${path}`;
  console.error(`\nFAILED\n${error}\n\n${scenario}\n\nSeed ${at}${again}`);
  process.exitCode = 1;
}

/** One batch in a process of its own; its crash or hang is a failure of the scenario that ran. */
function childBatch(batchSeed: number): Promise<BatchReport> {
  return new Promise((resolve) => {
    const child = fork(import.meta.filename, ["--batch", "--seed", String(batchSeed)], { execArgv: process.execArgv });
    let running = "";
    let report: BatchReport | undefined;
    let timer = setTimeout(() => child.kill("SIGKILL"), hangMs);
    child.on("message", (news: News) => {
      clearTimeout(timer);
      timer = setTimeout(() => child.kill("SIGKILL"), hangMs);
      if ("running" in news) running = news.running;
      else report = news.report;
    });
    child.on("exit", (code, signal) => {
      clearTimeout(timer);
      const error = `The process ended with ${signal ?? code} in the middle of this scenario`;
      resolve(report ?? { ...nothing, failure: { seed: batchSeed, path: "", error, scenario: running } });
    });
  });
}

const nothing: BatchReport = {
  programs: 0,
  steps: 0,
  faults: 0,
  incremental: 0,
  recomputed: {},
  failure: undefined,
};
