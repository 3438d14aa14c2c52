import { median, quantile } from "../print-table.ts";
import type { Contestant } from "./messages.ts";
import { startChild, type WorkloadChild } from "./workload-child.ts";

export interface Settings {
  /** Events a step. */
  readonly batches: readonly number[];
  readonly rounds: number;
  /** Milliseconds of each contestant's turn. */
  readonly slice: number;
  /** Events loaded before anything is measured. */
  readonly base: number;
}

/** One contestant at one size of step. */
export interface Measured {
  readonly workload: string;
  readonly contestant: Contestant;
  readonly batch: number;
  readonly maintenance: string;
  readonly eventsPerSecond: number;
  readonly medianMs: number;
  readonly p99Ms: number;
  /** Median over rounds of the first contestant's events a second divided by this one's in the same round. */
  readonly ratio: number;
  /** Events a second of each round. */
  readonly rounds: readonly number[];
}

/** All contestants are up at once and take turns in every round, so that what else the machine does hits all alike. */
export async function measure(workload: string, contestants: readonly Contestant[], settings: Settings): Promise<Measured[]> {
  const children: WorkloadChild[] = [];
  try {
    const started = await Promise.allSettled(contestants.map((contestant) => startChild(contestant, workload)));
    for (const start of started) if (start.status === "fulfilled") children.push(start.value);
    for (const start of started) if (start.status === "rejected") throw start.reason;
    await Promise.all(children.map((child) => child.load(settings.base)));
    const measured: Measured[] = [];
    for (const batch of settings.batches) measured.push(...(await rounds(workload, children, batch, settings)));
    return measured;
  } finally {
    await Promise.all(children.map((child) => child.stop()));
  }
}

async function rounds(workload: string, children: readonly WorkloadChild[], batch: number, settings: Settings): Promise<Measured[]> {
  const rates = children.map((): number[] => []);
  const steps = children.map((): number[] => []);
  for (let round = -1; round < settings.rounds; round++) {
    const turns = [...children.keys()];
    if (round % 2 !== 0) turns.reverse();
    for (const turn of turns) {
      const ran = await children[turn]!.run(batch, round < 0 ? settings.slice / 3 : settings.slice);
      // The round before the first warms up.
      if (round < 0) continue;
      rates[turn]!.push((ran.events * 1000) / ran.milliseconds);
      steps[turn]!.push(...ran.steps);
    }
  }
  return children.map(({ contestant, maintenance }, i) => ({
    workload,
    contestant,
    batch,
    maintenance,
    eventsPerSecond: median(rates[i]!),
    medianMs: median(steps[i]!),
    p99Ms: quantile(steps[i]!, 0.99),
    ratio: median(rates[i]!.map((rate, round) => rates[0]![round]! / rate)),
    rounds: rates[i]!,
  }));
}

/** How the engine's step grows with what is loaded, and what it holds. */
export interface Grown {
  readonly workload: string;
  readonly loaded: number;
  readonly medianMs: number;
  readonly p99Ms: number;
  /** Bytes of heap more than before loading, divided by the events loaded. */
  readonly heapPerEvent: number;
}

export async function measureGrowth(workload: string, sizes: readonly number[], settings: Settings): Promise<Grown[]> {
  const child = await startChild("engine", workload);
  try {
    const empty = await child.heap();
    const grown: Grown[] = [];
    let loaded = 0;
    for (const size of [...sizes].sort((a, b) => a - b)) {
      await child.load(Math.max(0, size - loaded));
      loaded = Math.max(loaded, size);
      const heapPerEvent = ((await child.heap()) - empty) / loaded;
      const { events, steps } = await child.run(1000, settings.slice * settings.rounds);
      grown.push({ workload, loaded: size, medianMs: median(steps), p99Ms: quantile(steps, 0.99), heapPerEvent });
      loaded += events;
    }
    return grown;
  } finally {
    await child.stop();
  }
}

export interface Started {
  readonly workload: string;
  /** From nothing to the first step being possible: compiling, opening, planning. */
  readonly coldMs: number;
  readonly rows: number;
  readonly restartMs: number;
}

export async function measureStart(workload: string, rows: number): Promise<Started> {
  const child = await startChild("durable", workload);
  try {
    await child.load(rows);
    return { workload, coldMs: child.startMs, rows, restartMs: await child.restart() };
  } finally {
    await child.stop();
  }
}
