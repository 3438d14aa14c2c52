import { fork, type ChildProcess } from "node:child_process";
import { parseArgs } from "node:util";
import { median, printTable } from "../print-table.ts";
import { eventOrExit, startServerChild, type ServerChild } from "../server-child.ts";
import { statusPath, variants, type LoadRequest, type LoadResult, type Variant } from "./messages.ts";

interface Contestant {
  readonly variant: Variant;
  readonly server: ServerChild;
  readonly samples: { requestsPerSecond: number; cpuMicros: number }[];
}

/**
 * Status reads through the whole stack against a bare Express route that answers the same bytes. All servers are up at once
 * and take turns in every round, so that what else the machine does hits all alike; `express again` is the same server twice
 * and shows how far apart equals come out.
 */
export async function runHttpBench(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: "boolean", default: false },
      rounds: { type: "string", default: "9" },
      seconds: { type: "string", default: "0.7" },
      connections: { type: "string", default: "24" },
      variants: { type: "string", default: variants.join(";") },
    },
  });
  const load = fork(new URL("load-process.ts", import.meta.url), { execArgv: process.execArgv });
  const contestants: Contestant[] = [];
  try {
    contestants.push(...(await Promise.all(chosenVariants(values.variants).map(openContestant))));
    const settings = { connections: Number(values.connections), milliseconds: Number(values.seconds) * 1000 };
    for (const contestant of contestants) await measure(contestant, load, settings);
    for (const contestant of contestants) contestant.samples.length = 0;
    for (let round = 0; round < Number(values.rounds); round += 1) {
      const order = round % 2 === 0 ? contestants : [...contestants].reverse();
      for (const contestant of order) await measure(contestant, load, settings);
    }
    const report = summarise(contestants);
    console.log(values.json ? JSON.stringify({ settings, node: process.version, variants: report }, null, 2) : table(report));
  } finally {
    load.kill();
    await Promise.all(contestants.map(({ server }) => server.stop()));
  }
}

/** @param list names, separated by semicolons since some have commas */
function chosenVariants(list: string): readonly Variant[] {
  return list.split(";").map((text) => {
    const variant = variants.find((name) => name === text.trim());
    if (variant === undefined) throw new Error(`There is no variant '${text.trim()}'. Known ones: ${variants.join("; ")}.`);
    return variant;
  });
}

async function openContestant(variant: Variant): Promise<Contestant> {
  return { variant, server: await startServerChild("http", variant), samples: [] };
}

async function measure(
  { samples, server }: Contestant,
  load: ChildProcess,
  settings: Pick<LoadRequest, "connections" | "milliseconds">,
): Promise<void> {
  const { authorization, port } = server.listening;
  const before = await server.usage();
  load.send({ port, path: statusPath, authorization, ...settings } satisfies LoadRequest);
  const [result] = (await eventOrExit(load, "message")) as [LoadResult];
  const after = await server.usage();
  samples.push({
    requestsPerSecond: (result.requests * 1000) / result.milliseconds,
    cpuMicros: ((after.server - before.server) * 1000) / result.requests,
  });
}

interface Line {
  readonly variant: string;
  readonly requestsPerSecond: number;
  readonly cpuMicrosPerRequest: number;
  /** Median over rounds of this variant's requests a second divided by Express's in the same round. */
  readonly ratio: number;
  readonly lowestRatio: number;
  readonly highestRatio: number;
  readonly samples: Contestant["samples"];
}

function summarise(contestants: readonly Contestant[]): readonly Line[] {
  const base = contestants[0]?.samples ?? [];
  return contestants.map(({ variant, samples }) => {
    const ratios = samples.map((sample, round) => sample.requestsPerSecond / (base[round]?.requestsPerSecond ?? Number.NaN));
    return {
      variant,
      requestsPerSecond: median(samples.map((sample) => sample.requestsPerSecond)),
      cpuMicrosPerRequest: median(samples.map((sample) => sample.cpuMicros)),
      ratio: median(ratios),
      lowestRatio: Math.min(...ratios),
      highestRatio: Math.max(...ratios),
      samples,
    };
  });
}

function table(lines: readonly Line[]): string {
  const rows = lines.map((line) => [
    line.variant,
    line.requestsPerSecond.toFixed(0),
    line.cpuMicrosPerRequest.toFixed(1),
    line.ratio.toFixed(2),
    `${line.lowestRatio.toFixed(2)}–${line.highestRatio.toFixed(2)}`,
  ]);
  return printTable([["variant", "requests/s", "CPU µs/request", "× express", "range"], ...rows]);
}
