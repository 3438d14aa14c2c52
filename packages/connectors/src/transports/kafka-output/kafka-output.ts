import {
  ConnectorError,
  type EncodedChunk,
  type OutputTransport,
  type OutputTransportDefinition,
  type SinkReset,
} from "@headgate/connector-kit";
import { parseKafkaOutputConfig, type KafkaOutputConfig } from "./config.ts";
import { connectTopicWriter } from "./kafka-topic-writer.ts";
import { MessageBatches } from "./message-batches.ts";
import { readTopicKeys, type TopicKey, type TopicKeys } from "./topic-keys.ts";
import type { OutgoingMessage, TopicWriter } from "./topic-writer.ts";

/** Tombstones sent at once. */
const tombstones = 2000;

/** What a Kafka output needs from outside. */
export interface KafkaOutputTools {
  readonly connect: typeof connectTopicWriter;
  readonly readKeys: typeof readTopicKeys;
}

/** Makes `kafka_output` with other tools than the real ones. */
export function createKafkaOutput(tools: KafkaOutputTools): OutputTransportDefinition<KafkaOutputConfig> {
  return {
    name: "kafka_output",
    format: "required",
    parseConfig: parseKafkaOutputConfig,
    topic: ({ topic }) => topic,
    create: (config, { keyed }) => new KafkaOutput(config, tools, keyed === true),
  };
}

/** A chunk that is being written: what is left of it goes on where a failed write ended. */
interface Writing {
  readonly chunk: EncodedChunk;
  readonly batches: OutgoingMessage[][];
  next: number;
}

class KafkaOutput implements OutputTransport {
  readonly reset?: SinkReset;
  readonly #config: KafkaOutputConfig;
  readonly #tools: KafkaOutputTools;
  #writer: TopicWriter | undefined;
  #batches: MessageBatches | undefined;
  #writing: Writing | undefined;
  /** While a snapshot is written: keys of the topic that it has not held so far. */
  #stale: TopicKeys | undefined;
  #burying: { readonly keys: readonly TopicKey[]; readonly batch: readonly OutgoingMessage[] } | undefined;

  constructor(config: KafkaOutputConfig, tools: KafkaOutputTools, keyed: boolean) {
    this.#config = config;
    this.#tools = tools;
    // Without the keys of rows nothing in a topic can be replaced.
    if (keyed) this.reset = { begin: (signal) => this.#begin(signal), commit: (signal) => this.#commit(signal) };
  }

  async open(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const writer = await this.#tools.connect(this.#config, signal);
    this.#writer = writer;
    this.#batches = new MessageBatches(this.#config, (key) => writer.partitionOf(key));
  }

  async write(chunk: EncodedChunk, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const { batches, writer } = this.#opened();
    if (this.#writing?.chunk !== chunk) this.#writing = { chunk, batches: batches.of(chunk), next: 0 };
    const writing = this.#writing;
    for (let batch = writing.batches[writing.next]; batch !== undefined; batch = writing.batches[writing.next]) {
      await writer.send(batch, signal);
      for (const { key, partition = 0 } of this.#stale === undefined ? [] : batch)
        if (key !== undefined) this.#stale?.delete({ key, partition });
      writing.next += 1;
    }
    this.#writing = undefined;
  }

  /** A step is acknowledged when the brokers have its last batch. */
  async flush(signal: AbortSignal): Promise<void> {
    await this.#opened().writer.drain(signal);
  }

  /** The old values stay until the snapshot has come whole: a reader never sees a key vanish that is still in the view. */
  async #begin(signal: AbortSignal): Promise<void> {
    this.#stale = this.#burying = this.#writing = undefined;
    // What is on its way belongs to the old content.
    await this.#opened().writer.drain(signal);
    this.#stale = await this.#tools.readKeys(this.#config, signal);
  }

  async #commit(signal: AbortSignal): Promise<void> {
    const { writer } = this.#opened();
    const stale = this.#stale;
    while (stale !== undefined && stale.size > 0) {
      this.#burying ??= tombstonesOf(stale.first(tombstones), this.#config);
      const { batch, keys } = this.#burying;
      await writer.send(batch, signal);
      for (const key of keys) stale.delete(key);
      this.#burying = undefined;
    }
    await writer.drain(signal);
    this.#stale = undefined;
  }

  #opened(): { readonly writer: TopicWriter; readonly batches: MessageBatches } {
    if (this.#writer === undefined || this.#batches === undefined) throw new ConnectorError("fatal", "kafka_output: it is not open.");
    return { writer: this.#writer, batches: this.#batches };
  }

  async close(): Promise<void> {
    await this.#writer?.close();
    this.#writer = undefined;
  }
}

function tombstonesOf(
  keys: readonly TopicKey[],
  { headers, maxMessageBytes, topic }: KafkaOutputConfig,
): { keys: readonly TopicKey[]; batch: OutgoingMessage[] } {
  let room = maxMessageBytes - 100;
  // At least one: a key that was taken once is taken again.
  const fitting = keys.filter(({ key }, at) => (room -= key.byteLength + 100) >= 0 || at === 0);
  const all = headers.length === 0 ? undefined : new Map(headers);
  return { keys: fitting, batch: fitting.map(({ key, partition }) => ({ topic, key, value: null, headers: all, partition })) };
}

/**
 * Writes a Kafka topic: `{"topic", "bootstrap.servers", "headers"?, …}` and librdkafka's options. Each message is delivered at least once;
 * messages of one key keep their order. With a format that keys messages by their rows the topic can be reset.
 */
export const kafkaOutput: OutputTransportDefinition<KafkaOutputConfig> = createKafkaOutput({
  connect: connectTopicWriter,
  readKeys: readTopicKeys,
});
