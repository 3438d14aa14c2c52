import type { Topics } from "@headgate/app-kafka";
import { median, printTable } from "../print-table.ts";
import { measureOutput, measureRawOutput, type OutputWay } from "./measure-output.ts";

/** What one way of writing came to in each round. */
export interface OutputRun {
  readonly way: OutputWay;
  readonly messagesPerSecond: readonly number[];
  /** The client alone, with the like of its messages. */
  readonly clientPerSecond: readonly number[];
  readonly bytesPerMessage: number;
}

const ways = ["json", "debezium", "avro"] as const;

/**
 * Messages a second into a topic of one partition: by `kafka_output` with each format, encoding included, and by the client alone with
 * messages of the same size, key and headers. Both take turns in every round.
 */
export async function runOutputBench(topics: Topics, bootstrap: string, rows: number, rounds: number): Promise<readonly OutputRun[]> {
  const runs = ways.map((way) => ({ way, messagesPerSecond: [] as number[], clientPerSecond: [] as number[], bytesPerMessage: 0 }));
  for (let round = 0; round <= rounds; round += 1) {
    for (const run of runs) {
      const rate = await measureOutput(bootstrap, await topics.create(), run.way, rows);
      const alone = await measureRawOutput(bootstrap, await topics.create(), rows, rate.sample);
      // The first round warms up.
      if (round === 0) continue;
      run.messagesPerSecond.push(rate.messagesPerSecond);
      run.clientPerSecond.push(alone.messagesPerSecond);
      run.bytesPerMessage = rate.bytesPerMessage;
    }
  }
  return runs;
}

/** The runs as a table, medians over the rounds. */
export function outputTable(runs: readonly OutputRun[], target: number): string {
  const rows = runs.map(({ bytesPerMessage, clientPerSecond, messagesPerSecond, way }) => {
    const [rate, alone] = [median(messagesPerSecond), median(clientPerSecond)];
    const share = rate / alone;
    const numbers = [rate, alone, bytesPerMessage].map((value) => Math.round(value).toLocaleString("en"));
    return [`kafka_output, ${way}`, ...numbers, `${share.toFixed(2)} ×`, `${String(target)} ×`, share >= target ? "ok" : "below"];
  });
  return printTable([["writing a topic", "messages/s", "client alone", "bytes each", "of the client's", "target", ""], ...rows]);
}
