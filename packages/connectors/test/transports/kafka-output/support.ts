import { ConnectorError, type EncodedChunk, type InputMessage, type OutputTransport } from "@headgate/connector-kit";
import { kafkaInput } from "../../../src/transports/kafka-input/kafka-input.ts";
import { connectTopicWriter } from "../../../src/transports/kafka-output/kafka-topic-writer.ts";
import { createKafkaOutput } from "../../../src/transports/kafka-output/kafka-output.ts";
import { readTopicKeys } from "../../../src/transports/kafka-output/topic-keys.ts";
import { inputContext, outputContext } from "../contexts.ts";

export const deadline = (): AbortSignal => AbortSignal.timeout(20_000);

/** All messages of a topic, in order within each partition. */
export async function readTopic(options: Readonly<Record<string, unknown>>): Promise<InputMessage[]> {
  const base = { start_from: "earliest", "enable.partition.eof": true, "fetch.wait.max.ms": 50 };
  const config = { ...base, include_headers: true, include_partition: true, ...options };
  const input = kafkaInput.create(kafkaInput.parseConfig(config), inputContext());
  try {
    await input.open(deadline());
    const messages: InputMessage[] = [];
    for (let chunk = await input.read(deadline()); chunk !== undefined; chunk = await input.read(deadline())) {
      if (chunk.kind === "messages") messages.push(...chunk.messages);
    }
    return messages;
  } finally {
    await input.close();
  }
}

export const text = (bytes: Uint8Array | null): string | null => (bytes === null ? null : Buffer.from(bytes).toString("utf8"));

/** A chunk of messages: "key=value", or "key" alone for a tombstone. */
export function keyed(...pairs: readonly string[]): EncodedChunk {
  const messages = pairs.map((pair) => {
    const [key = "", value] = pair.split("=");
    return { key: Buffer.from(key), value: value === undefined ? null : Buffer.from(value) };
  });
  return { bytes: new Uint8Array(0), records: messages.length, messages };
}

/**
 * `kafka_output` whose operations on the outside fail when told: before they reach the brokers, or, if `partly`, when half of a batch has.
 * What a topic has cannot be taken back.
 */
export function faultyOutput(
  config: Readonly<Record<string, unknown>>,
  partly = false,
): { transport: OutputTransport; failAfter(operations: number): void } {
  let left = Infinity;
  const goesOn = (): boolean => left-- !== 0;
  const fault = (): ConnectorError => new ConnectorError("retryable", "the test says so", { tag: "test" });
  const definition = createKafkaOutput({
    connect: async (settings, signal) => {
      const writer = await connectTopicWriter(settings, signal);
      return {
        partitions: writer.partitions,
        partitionOf: (key) => writer.partitionOf(key),
        drain: (inner) => writer.drain(inner),
        close: () => writer.close(),
        send: async (batch, inner) => {
          if (goesOn()) return writer.send(batch, inner);
          if (partly) await writer.send(batch.slice(0, Math.ceil(batch.length / 2)), inner);
          throw fault();
        },
      };
    },
    readKeys: async (settings, signal) => {
      if (!goesOn()) throw fault();
      return readTopicKeys(settings, signal);
    },
  });
  const transport = definition.create(definition.parseConfig(config), outputContext({ keyed: true }));
  return { transport, failAfter: (operations) => (left = operations) };
}

/** Writes a step of one chunk as the pipeline does: after a failure that may pass, the same again. Gives the failures. */
export async function write(output: OutputTransport, chunk: EncodedChunk): Promise<ConnectorError[]> {
  const failures: ConnectorError[] = [];
  const signal = AbortSignal.timeout(90_000);
  for (;;) {
    try {
      await output.write(chunk, signal);
      break;
    } catch (error) {
      failures.push(passing(error));
    }
  }
  for (;;) {
    try {
      await output.flush?.(signal);
      return failures;
    } catch (error) {
      failures.push(passing(error));
    }
  }
}

function passing(error: unknown): ConnectorError {
  if (error instanceof ConnectorError && error.code === "retryable") return error;
  throw error;
}
