import type { Topics } from "@headgate/app-kafka";
import { median, printTable } from "../print-table.ts";
import { measureOutput, measureRawOutput, type OutputWay } from "./measure-output.ts";

/** What one way of writing came to in each round. */
export interface OutputRun {
  readonly way: OutputWay;
  readonly messagesPerSecond: readonly number[];
  readonly bytesPerMessage: number;
  /** Of the raw client's rate in the same round. */
  readonly shareOfRaw: readonly number[];
}

const ways = ["json", "debezium", "avro"] as const;

/**
 * Messages a second into a topic of one partition: by `kafka_output` with each format, encoding included, and by the client alone with
 * messages of the same size. Both take turns in every round.
 */
export async function runOutputBench(topics: Topics, bootstrap: string, rows: number, rounds: number): Promise<readonly OutputRun[]> {
  const runs = ways.map((way) => ({ way, messagesPerSecond: [] as number[], shareOfRaw: [] as number[], bytesPerMessage: 0 }));
  const raw = { way: "raw" as const, messagesPerSecond: [] as number[], shareOfRaw: [] as number[], bytesPerMessage: 0 };
  for (let round = 0; round <= rounds; round += 1) {
    for (const run of runs) {
      const rate = await measureOutput(bootstrap, await topics.create(), run.way, rows);
      const alone = await measureRawOutput(bootstrap, await topics.create(), rows, Math.round(rate.bytesPerMessage));
      // The first round warms up.
      if (round === 0) continue;
      run.messagesPerSecond.push(rate.messagesPerSecond);
      run.shareOfRaw.push(rate.messagesPerSecond / alone.messagesPerSecond);
      run.bytesPerMessage = rate.bytesPerMessage;
      raw.messagesPerSecond.push(alone.messagesPerSecond);
      raw.bytesPerMessage = alone.bytesPerMessage;
      raw.shareOfRaw.push(1);
    }
  }
  return [raw, ...runs];
}

/** The runs as a table, medians over the rounds. */
export function outputTable(runs: readonly OutputRun[], target: number): string {
  const rows = runs.map(({ bytesPerMessage, messagesPerSecond, shareOfRaw, way }) => [
    way === "raw" ? "client alone" : `kafka_output, ${way}`,
    Math.round(median(messagesPerSecond)).toLocaleString("en"),
    String(Math.round(bytesPerMessage)),
    ...(way === "raw"
      ? ["", "", ""]
      : [`${median(shareOfRaw).toFixed(2)} ×`, `${String(target)} ×`, median(shareOfRaw) >= target ? "ok" : "below"]),
  ]);
  return printTable([["writing a topic", "messages/s", "bytes each", "of the client's", "target", ""], ...rows]);
}
