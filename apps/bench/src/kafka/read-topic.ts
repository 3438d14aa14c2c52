import type { Parser, TableSchema } from "@headgate/connector-kit";
import { builtinConnectors } from "@headgate/connectors";
import { Consumer } from "@platformatic/kafka";
import { randomUUID } from "node:crypto";
import { tmpdir } from "node:os";
import type { KafkaContestant } from "./run-kafka-bench.ts";

const schema: TableSchema = {
  name: "t",
  primaryKey: undefined,
  fields: (["id BIGINT", "customer VARCHAR", "amount DOUBLE", "note VARCHAR", "ok BOOLEAN"] as const).map((text) => {
    const [name = "", type = ""] = text.split(" ");
    return { name, caseSensitive: false, unused: false, columnType: { type: type as "BIGINT", nullable: true } };
  }),
};

/** The client's own stream of messages, read as its documentation says and thrown away. */
async function readWithClient(bootstrap: string, topic: string, messages: number): Promise<number> {
  const consumer = new Consumer({ clientId: "bench", groupId: randomUUID(), bootstrapBrokers: [bootstrap], autocommit: false });
  const started = performance.now();
  const stream = await consumer.consume({ topics: [topic], mode: "earliest", fallbackMode: "earliest" });
  await new Promise<void>((resolve, reject) => {
    let left = messages;
    stream.once("error", reject);
    stream.on("data", () => {
      left -= 1;
      if (left === 0) resolve();
    });
  });
  const elapsed = performance.now() - started;
  await consumer.close(true);
  return elapsed;
}

/** kafka_input as the pipeline drives it, with the rows of a parser or without. */
async function readWithConnector(bootstrap: string, topic: string, messages: number, parser: Parser | undefined): Promise<number> {
  const definition = builtinConnectors.inputTransports.get("kafka_input")!;
  const config = { topic, "bootstrap.servers": bootstrap, start_from: "earliest", "enable.partition.eof": true };
  const context = { endpointName: "t.kafka", schema, scratchDirectory: tmpdir() };
  const input = definition.create(definition.parseConfig(config), context);
  const { signal } = new AbortController();
  const started = performance.now();
  await input.open(signal);
  let seen = 0;
  for (let chunk = await input.read(signal); chunk !== undefined; chunk = await input.read(signal)) {
    if (chunk.kind !== "messages") continue;
    if (parser === undefined) seen += chunk.messages.length;
    else for await (const { batch } of parser.messages!(chunk.messages)) seen += batch.rows.length;
  }
  const elapsed = performance.now() - started;
  await input.close();
  if (seen !== messages) throw new Error(`${String(seen)} of ${String(messages)} messages came`);
  return elapsed;
}

function jsonParser(): Parser {
  const format = builtinConnectors.inputFormats.get("json")!;
  return format.createParser(format.parseConfig({ update_format: "raw" }, schema), schema, { scratchDirectory: tmpdir() });
}

/** The ways of reading that are compared. */
export const inputReaders: readonly KafkaContestant[] = [
  { name: "the client's own consumer", baseline: true, run: readWithClient },
  { name: "kafka_input", baseline: false, run: (...given) => readWithConnector(...given, undefined) },
  { name: "kafka_input with format json", baseline: false, run: (...given) => readWithConnector(...given, jsonParser()) },
];
