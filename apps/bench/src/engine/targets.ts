import type { Measured } from "./measure.ts";
import type { EngineReport } from "./run-engine-bench.ts";

/** What the engine is to reach, and what it reached. */
export interface Target {
  readonly what: string;
  readonly target: string;
  readonly reached: string;
  readonly met: boolean;
}

/** The design's targets for what was measured. */
export function targets({ compute, durable, growth, start }: EngineReport): Target[] {
  return [
    ...["W3", "W4", "W6"].flatMap((name) => computeTargets(name, compute)),
    ...durable
      .filter(({ contestant, batch }) => contestant === "raw append" && batch === 1000)
      .map(({ workload, ratio }) => target(`${workload}, durable, × raw append`, "≥ 0.43", ratio.toFixed(2), ratio >= 0.43)),
    ...growthTargets(growth),
    ...start.flatMap(({ workload, coldMs, restartMs, rows }) => [
      target(`${workload}, cold start`, "≤ 300 ms", `${coldMs.toFixed(0)} ms`, coldMs <= 300),
      target(`${workload}, restart with ${(rows / 1e6).toFixed(1)}M events`, "≤ 1500 ms", `${restartMs.toFixed(0)} ms`, restartMs <= 1500),
    ]),
  ];
}

const target = (what: string, wanted: string, reached: string, met: boolean): Target => ({ what, target: wanted, reached, met });

function computeTargets(name: string, compute: readonly Measured[]): Target[] {
  const at = (contestant: string): Measured | undefined =>
    compute.find((line) => line.workload === name && line.contestant === contestant && line.batch === 1000);
  const engine = at("engine");
  const handWired = at("hand-wired");
  if (engine === undefined || handWired === undefined) return [];
  const { eventsPerSecond, medianMs, p99Ms } = engine;
  return [
    target(`${name}, × hand-wired`, "≥ 0.8", handWired.ratio.toFixed(2), handWired.ratio >= 0.8),
    target(`${name}, events/s`, "≥ 400k", `${(eventsPerSecond / 1000).toFixed(0)}k`, eventsPerSecond >= 400_000),
    target(`${name}, median step`, "≤ 2 ms", `${medianMs.toFixed(2)} ms`, medianMs <= 2),
    target(`${name}, p99 of steps`, "≤ 15 ms", `${p99Ms.toFixed(2)} ms`, p99Ms <= 15),
  ];
}

function growthTargets(growth: EngineReport["growth"]): Target[] {
  return [...new Set(growth.map(({ workload }) => workload))].flatMap((name) => {
    const sizes = growth.filter(({ workload }) => workload === name);
    const [first, last] = [sizes[0]!, sizes.at(-1)!];
    const times = last.medianMs / first.medianMs;
    const label = `${name}, step at ${last.loaded / 1e6}M against ${first.loaded / 1e6}M loaded`;
    return [
      ...(sizes.length > 1 ? [target(label, "≤ 3 ×", `${times.toFixed(2)} ×`, times <= 3)] : []),
      target(`${name}, heap per retained row`, "≤ 200 B", `${last.heapPerEvent.toFixed(0)} B`, last.heapPerEvent <= 200),
    ];
  });
}
