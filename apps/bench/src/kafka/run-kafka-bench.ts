import { givenKafka, startKafka, Topics } from "@headgate/app-kafka";
import { parseArgs } from "node:util";
import { median, printTable } from "../print-table.ts";
import { inputReaders } from "./read-topic.ts";
import { outputTable, runOutputBench } from "./run-output-bench.ts";

const partitions = 4;
/** Of the client's own rate. */
const target = 0.6;

/** What one way of reading or writing does with the topic; the rounds go through all of them in turn. */
export interface KafkaContestant {
  readonly name: string;
  /** The rate of this one is what the others of the kind are compared with. */
  readonly baseline: boolean;
  /** Milliseconds for all messages. */
  readonly run: (bootstrap: string, topic: string, messages: number) => Promise<number>;
}

/** `npm run bench -- kafka [--messages 200000] [--rounds 5] [--json]`: connectors against the client library's own rates, in one run. */
export async function runKafkaBench(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      messages: { type: "string", default: "200000" },
      rounds: { type: "string", default: "5" },
      json: { type: "boolean", default: false },
    },
  });
  const [messages, rounds] = [Number(values.messages), Number(values.rounds)];
  const given = givenKafka();
  const own = given === undefined ? await startKafka() : undefined;
  const { bootstrap } = given ?? own!;
  try {
    const topic = await fillTopic(bootstrap, messages);
    const samples = await measure(inputReaders, rounds, (contestant) => contestant.run(bootstrap, topic, messages));
    const rates = [...samples].map(([{ baseline, name }, runs]) => ({
      name,
      baseline,
      rates: runs.map(({ elapsed }) => (messages * 1000) / elapsed),
      cpuMicros: runs.map(({ cpu }) => cpu / messages),
    }));
    const topics = new Topics(bootstrap);
    const outputs = await runOutputBench(topics, bootstrap, messages, rounds);
    await topics.close();
    if (values.json) console.log(JSON.stringify({ messages, rounds, results: rates, outputs }, null, 2));
    else console.log(`${report(rates)}\n\n${outputTable(outputs, target)}`);
  } finally {
    await own?.stop();
  }
}

async function fillTopic(bootstrap: string, messages: number): Promise<string> {
  const topics = new Topics(bootstrap);
  const topic = await topics.create({ partitions });
  const piece = 2000;
  for (let from = 0; from < messages; from += piece) {
    const rows = Array.from({ length: Math.min(piece, messages - from) }, (_, i) => from + i);
    await topics.write(
      topic,
      rows.map((id) => ({ value: rowText(id), key: String(id), partition: id % partitions })),
    );
  }
  await topics.close();
  return topic;
}

/** About a hundred bytes, as events are. */
const rowText = (id: number): string =>
  JSON.stringify({
    id,
    customer: `customer-${String(id % 1000)}`,
    amount: (id % 10_000) / 100,
    note: "a few words of text",
    ok: id % 2 === 0,
  });

interface Sample {
  /** Milliseconds. */
  readonly elapsed: number;
  /** Microseconds of this process: on a busy machine they say more than the time that passed. */
  readonly cpu: number;
}

async function measure(
  contestants: readonly KafkaContestant[],
  rounds: number,
  run: (contestant: KafkaContestant) => Promise<number>,
): Promise<Map<KafkaContestant, Sample[]>> {
  const samples = new Map<KafkaContestant, Sample[]>(contestants.map((contestant) => [contestant, []]));
  // A first round that does not count: code is compiled, pages are in the broker's cache.
  for (let round = -1; round < rounds; round += 1) {
    for (const contestant of contestants) {
      const before = process.cpuUsage();
      const elapsed = await run(contestant);
      const { system, user } = process.cpuUsage(before);
      if (round >= 0) samples.get(contestant)?.push({ elapsed, cpu: system + user });
    }
  }
  return samples;
}

interface Result {
  readonly name: string;
  readonly baseline: boolean;
  readonly rates: readonly number[];
  readonly cpuMicros: readonly number[];
}

function report(results: readonly Result[]): string {
  const base = median(results.find(({ baseline }) => baseline)?.rates ?? []);
  const rows = results.map(({ baseline, cpuMicros, name, rates }) => {
    const rate = median(rates);
    const share = baseline ? "" : `${(rate / base).toFixed(2)} ×`;
    const verdict = baseline ? "" : rate / base >= target ? "ok" : "below";
    return [
      name,
      Math.round(rate).toLocaleString("en"),
      median(cpuMicros).toFixed(1),
      share,
      baseline ? "" : `${String(target)} ×`,
      verdict,
    ];
  });
  return printTable([["reading a topic", "messages/s", "CPU µs each", "of the client's", "target", ""], ...rows]);
}
