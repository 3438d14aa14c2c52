import { printTable } from "../print-table.ts";
import type { Measured } from "./measure.ts";
import type { EngineReport } from "./run-engine-bench.ts";
import type { Target } from "./targets.ts";

/** The run as tables for people. */
export function report(found: EngineReport, reached: readonly Target[]): string {
  const parts = [
    section("Compute; × is the engine's events a second divided by the other's", against(found.compute)),
    section("Nexmark, steps of 1,000", against(found.nexmark)),
    section("Durable: a synced log and group commits", against(found.durable)),
    section("As the loaded base grows, steps of 1,000", growth(found)),
    section("Start", starts(found)),
    section("Targets", [["what", "target", "reached", ""], ...reached.map((line) => [line.what, line.target, line.reached, line.met ? "met" : "MISSED"])]),
  ]; // prettier-ignore
  return parts.filter((part) => part !== "").join("\n\n");
}

const section = (title: string, rows: readonly (readonly string[])[]): string => (rows.length > 1 ? `${title}\n${printTable(rows)}` : "");
const rate = (perSecond: number): string => (perSecond >= 1e6 ? `${(perSecond / 1e6).toFixed(2)}M` : `${(perSecond / 1000).toFixed(1)}k`);

/** A line per workload and size of step: the first contestant, then each other with the first's ratio to it. */
function against(lines: readonly Measured[]): string[][] {
  const first = lines[0];
  if (first === undefined) return [];
  const others = [...new Set(lines.map(({ contestant }) => contestant))].filter((contestant) => contestant !== first.contestant);
  const head = ["", "step", "events/s", "median ms", "p99 ms", ...others.flatMap((other) => [other, "×"]), "maintained"];
  const rows = lines
    .filter(({ contestant }) => contestant === first.contestant)
    .map((line) => {
      const rest = others.flatMap((other) => {
        const found = lines.find(
          ({ workload, batch, contestant }) => workload === line.workload && batch === line.batch && contestant === other,
        );
        return found === undefined ? ["", ""] : [rate(found.eventsPerSecond), found.ratio.toFixed(2)];
      });
      const own = [line.workload, String(line.batch), rate(line.eventsPerSecond), line.medianMs.toFixed(2), line.p99Ms.toFixed(2)];
      return [...own, ...rest, line.maintenance];
    });
  return [head, ...rows];
}

const growth = ({ growth: lines }: EngineReport): string[][] => [
  ["", "loaded", "median ms", "p99 ms", "heap B/row"],
  ...lines.map((line) => [
    line.workload,
    `${line.loaded / 1e6}M`,
    line.medianMs.toFixed(2),
    line.p99Ms.toFixed(2),
    line.heapPerEvent.toFixed(0),
  ]),
];

const starts = ({ start }: EngineReport): string[][] => [
  ["", "cold ms", "rows", "restart ms"],
  ...start.map((line) => [line.workload, line.coldMs.toFixed(0), String(line.rows), line.restartMs.toFixed(0)]),
];
