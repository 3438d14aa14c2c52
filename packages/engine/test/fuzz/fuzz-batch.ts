import fc from "fast-check";
import { checkMaintained } from "../oracle/check-maintained.ts";
import { printScenario } from "./print-scenario.ts";
import { approximateColumns, programOf, scenarios, type Scenario } from "./scenario.ts";

/** What a batch of scenarios did. */
export interface BatchReport {
  readonly programs: number;
  readonly steps: number;
  readonly faults: number;
  readonly incremental: number;
  /** Views recomputed, by reason. */
  readonly recomputed: Readonly<Record<string, number>>;
  readonly failure: Failure | undefined;
}
export interface Failure {
  readonly seed: number;
  /** fast-check's path to the smallest counterexample. */
  readonly path: string;
  readonly error: string;
  /** As a test to paste. */
  readonly scenario: string;
}

export interface BatchOptions {
  readonly seed: number;
  readonly runs: number;
  /** Milliseconds after which no further case begins. */
  readonly time: number;
  /** Milliseconds for making a counterexample smaller. */
  readonly shrinkTime: number;
  /** Replays one case. */
  readonly path?: string | undefined;
  /** Called before a scenario, for what ends the process. */
  readonly onScenario?: (scenario: Scenario) => void;
}

/** Runs random scenarios of one seed; a failure comes shrunk. */
export async function fuzzBatch({ seed, runs, time, shrinkTime, path, onScenario }: BatchOptions): Promise<BatchReport> {
  const tally = createTally();
  const end = Date.now() + time;
  let failure: Failure | undefined;
  // A check of its own for each case: the time is for cases, shrinking one has its own.
  for (let run = 0; run < runs && failure === undefined && Date.now() < end; run++)
    failure = await runCase({ seed: path === undefined ? (seed + run * 7919) | 0 : seed, path, shrinkTime, tally, onScenario });
  return { ...tally.report(), failure };
}

interface CaseOptions {
  readonly seed: number;
  readonly path: string | undefined;
  readonly shrinkTime: number;
  readonly onScenario: BatchOptions["onScenario"] | undefined;
  readonly tally: Tally;
}

async function runCase({ seed, path, shrinkTime, tally, onScenario }: CaseOptions): Promise<Failure | undefined> {
  let kind: string | undefined;
  const property = fc.asyncProperty(scenarios, async (scenario) => {
    onScenario?.(scenario);
    try {
      const checked = await checkMaintained(programOf(scenario), scenario.steps, {
        approximate: approximateColumns(scenario),
        restarts: scenario.restarts,
      });
      // What the grammar makes has to bind: it is a fault of the grammar or of the compiler.
      if (checked.unbound !== undefined) throw new Unbound(checked.unbound);
      if (kind === undefined) tally.add(checked);
    } catch (error) {
      kind ??= kindOf(error);
      // Smaller must stay the same failure.
      if (kindOf(error) === kind) throw error;
    }
  });
  const replay = path === undefined ? {} : { path };
  const details = await fc.check(property, { seed, numRuns: 1, interruptAfterTimeLimit: shrinkTime, ...replay });
  const found = details.counterexample?.[0];
  if (found === undefined) return undefined;
  const error = details.errorInstance as Error | undefined;
  return { seed, path: details.counterexamplePath ?? "", error: error?.stack ?? String(error), scenario: printScenario(found) };
}

/** A program that does not bind, though all of the grammar should. */
class Unbound extends Error {
  constructor(message: string) {
    super(message);
    this.name = "Unbound";
  }
}

/** What a failure is about, without the names and values in it. */
function kindOf(error: unknown): string {
  const { name, message } = error as Error;
  const line = message.split("\n")[0]!.replace(/^after step \d+(?:, \w+)?: /, "");
  return `${name}: ${line.replace(/'[^']*'|"[^"]*"|\([^)]*\)|\d+/g, "…").slice(0, 80)}`;
}

interface Tally {
  add(checked: Awaited<ReturnType<typeof checkMaintained>>): void;
  report(): Omit<BatchReport, "failure">;
}

function createTally(): Tally {
  const sums = { programs: 0, steps: 0, faults: 0, incremental: 0 };
  const recomputed: Record<string, number> = {};
  const count = (counts: Record<string, number>, name: string): void => void (counts[name] = (counts[name] ?? 0) + 1);
  return {
    add({ steps, fault, views }) {
      sums.programs += 1;
      sums.steps += steps;
      if (fault !== undefined) sums.faults += 1;
      for (const [name, maintenance] of views)
        if (name === "error_view") continue;
        else if (maintenance.mode === "incremental") sums.incremental += 1;
        else count(recomputed, maintenance.reason);
    },
    report: () => ({ ...sums, recomputed }),
  };
}

/** Adds two reports; the failure is that of either. */
export function addReports(a: BatchReport, b: BatchReport): BatchReport {
  const added = (x: Readonly<Record<string, number>>, y: Readonly<Record<string, number>>): Record<string, number> => {
    const sum: Record<string, number> = { ...x };
    for (const [name, n] of Object.entries(y)) sum[name] = (sum[name] ?? 0) + n;
    return sum;
  };
  return {
    programs: a.programs + b.programs,
    steps: a.steps + b.steps,
    faults: a.faults + b.faults,
    incremental: a.incremental + b.incremental,
    recomputed: added(a.recomputed, b.recomputed),
    failure: a.failure ?? b.failure,
  };
}
