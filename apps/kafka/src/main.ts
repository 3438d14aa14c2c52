/**
 * `npm run kafka:up [-- --workers 2] [--json]` starts a Kafka that stays; `npm run kafka:down` ends it.
 */
import { parseArgs } from "node:util";
import { startKafka } from "./kafka-cluster.ts";
import { endKafka, readKafkaState, runningPids, writeKafkaState, type KafkaState } from "./kafka-state.ts";
import { kafkaVersion } from "./libraries.ts";
import { missingForKafka } from "./tools.ts";

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { workers: { type: "string", default: "1" }, json: { type: "boolean", default: false } },
});

async function up(): Promise<void> {
  const workers = Number(values.workers);
  if (!Number.isInteger(workers) || workers < 0 || workers > 4)
    throw new Error(`--workers takes a number from 0 to 4, found ${values.workers}.`);
  const earlier = await readKafkaState();
  if (earlier !== undefined) {
    const complete = (await runningPids(earlier)).length === earlier.pids.length;
    if (complete && earlier.connectUrls.length >= workers) return tell(earlier);
    if (complete) throw new Error(`A Kafka with ${String(earlier.connectUrls.length)} workers is up. End it first: npm run kafka:down`);
    await endKafka(earlier);
  }
  const missing = missingForKafka();
  if (missing !== undefined) throw new Error(`Kafka cannot be started: ${missing}`);
  if (!values.json)
    console.log(`Starting Kafka ${kafkaVersion} with ${String(workers)} Connect workers; the first time its jars are downloaded.`);
  const cluster = await startKafka({ workers, detached: true });
  const { bootstrap, broker, connectUrls, directory } = cluster;
  const state = { bootstrap, connectUrls, directory, pids: [broker.pid, ...cluster.workers.map((worker) => worker.pid)] };
  await writeKafkaState(state);
  tell(state);
}

function tell({ bootstrap, connectUrls, directory, pids }: KafkaState): void {
  if (values.json) return console.log(JSON.stringify({ bootstrap, connectUrls, directory, pids }));
  console.log(`bootstrap servers  ${bootstrap}`);
  for (const url of connectUrls) console.log(`Connect worker     ${url}`);
  console.log(`data and logs      ${directory}`);
  console.log(`For tests:  export HEADGATE_KAFKA=${bootstrap} HEADGATE_CONNECT=${connectUrls.join(",")}`);
  console.log("End it:     npm run kafka:down");
}

async function down(): Promise<void> {
  const state = await readKafkaState();
  if (state === undefined) return console.log("No Kafka is up.");
  await endKafka(state);
  console.log("Kafka is down.");
}

try {
  if (positionals[0] === "up") await up();
  else if (positionals[0] === "down") await down();
  else throw new Error(`Say "up" or "down", found ${JSON.stringify(positionals[0])}.`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
