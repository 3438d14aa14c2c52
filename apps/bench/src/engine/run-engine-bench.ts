import { parseArgs } from "node:util";
import { measure, measureGrowth, measureStart, type Grown, type Measured, type Settings, type Started } from "./measure.ts";
import { report } from "./report.ts";
import { targets } from "./targets.ts";
import { nexmarkWorkloads, workloads } from "./workloads.ts";

/** Everything that one run measured. */
export interface EngineReport {
  readonly settings: Settings;
  readonly compute: readonly Measured[];
  readonly nexmark: readonly Measured[];
  readonly durable: readonly Measured[];
  readonly growth: readonly Grown[];
  readonly start: readonly Started[];
}

const usage = `npm run bench -- engine [options]
  --workloads W1,W3       which of W1 to W6 (default all)
  --queries q0,q4|none    which Nexmark queries (default all)
  --batches 100,1000      events a step (default 100, 1000 and 10000; Nexmark and durable: 1000)
  --rounds 4              turns of each contestant
  --slice 150             milliseconds of a turn
  --base 100000           events loaded before measuring
  --loaded 0.1,1,4        millions of events for growth
  --restart 1             millions of rows to restart with
  --json                  JSON instead of tables`;

/**
 * The engine against operators wired by hand, recomputation in DuckDB and a raw append to one DuckDB table, all in the same run;
 * `hand-wired again` is the same twice and shows how far apart equals come out.
 */
export async function runEngineBench(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      workloads: { type: "string", default: workloads.map(({ name }) => name).join(",") },
      queries: { type: "string", default: nexmarkWorkloads.map(({ name }) => name).join(",") },
      batches: { type: "string" },
      rounds: { type: "string", default: "4" },
      slice: { type: "string", default: "150" },
      base: { type: "string", default: "100000" },
      loaded: { type: "string", default: "0.1,1,4" },
      restart: { type: "string", default: "1" },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return console.log(usage);
  const settings: Settings = {
    batches: numbers("batches", values.batches ?? "100,1000,10000"),
    rounds: numbers("rounds", values.rounds)[0]!,
    slice: numbers("slice", values.slice)[0]!,
    base: numbers("base", values.base)[0]!,
  };
  const chosen = names(values.workloads, workloads.map(({ name }) => name)); // prettier-ignore
  const queries = names(values.queries, nexmarkWorkloads.map(({ name }) => name)); // prettier-ignore
  const heavy = chosen.filter((name) => ["W3", "W4", "W6"].includes(name));
  const sizes = numbers("loaded", values.loaded).map((millions) => millions * 1_000_000);
  const rows = numbers("restart", values.restart)[0]! * 1_000_000;
  const say = (what: string): void => console.error(what);

  const compute: Measured[] = [];
  for (const name of chosen) {
    say(`${name}: compute`);
    compute.push(...(await measure(name, ["engine", "hand-wired", "hand-wired again", "recompute"], settings)));
  }
  const nexmark: Measured[] = [];
  for (const name of queries) {
    say(`${name}: compute`);
    nexmark.push(...(await measure(name, ["engine", "recompute"], { ...settings, batches: [1000], rounds: 2 })));
  }
  const durable: Measured[] = [];
  for (const name of heavy) {
    say(`${name}: durable`);
    durable.push(
      ...(await measure(name, ["durable", "raw append"], {
        ...settings,
        batches: values.batches === undefined ? [1000] : settings.batches,
        slice: settings.slice * 3,
      })),
    );
  }
  const growth: Grown[] = [];
  for (const name of heavy) {
    say(`${name}: growth`);
    growth.push(...(await measureGrowth(name, sizes, settings)));
  }
  const start: Started[] = [];
  for (const name of rows > 0 ? heavy.slice(0, 1) : []) {
    say(`${name}: start and restart`);
    start.push(await measureStart(name, rows));
  }
  const found: EngineReport = { settings, compute, nexmark, durable, growth, start };
  const reached = targets(found);
  console.log(values.json ? JSON.stringify({ node: process.version, ...found, targets: reached }, null, 2) : report(found, reached));
}

function numbers(option: string, text: string): number[] {
  return text.split(",").map((part) => {
    const number = Number(part);
    if (part.trim() === "" || !Number.isFinite(number) || number < 0) throw new Error(`--${option} takes numbers, not '${text}'`);
    return number;
  });
}

function names(text: string, known: readonly string[]): string[] {
  if (text === "none") return [];
  return text.split(",").map((name) => {
    if (!known.includes(name)) throw new Error(`There is no workload '${name}'. Known ones: ${known.join(", ")}.`);
    return name;
  });
}
