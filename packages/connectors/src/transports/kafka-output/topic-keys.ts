import { kafkaInput } from "../kafka-input/kafka-input.ts";
import type { KafkaOutputConfig } from "./config.ts";

/** A key that a partition of the topic holds. */
export interface TopicKey {
  readonly partition: number;
  readonly key: Buffer;
}

/** The keys that a topic holds a value for, each in each partition it is in. */
export class TopicKeys {
  readonly #keys = new Map<string, TopicKey>();

  get size(): number {
    return this.#keys.size;
  }
  add(key: TopicKey): void {
    this.#keys.set(nameOf(key), key);
  }
  delete(key: TopicKey): void {
    this.#keys.delete(nameOf(key));
  }
  /** Some of them. */
  first(count: number): TopicKey[] {
    return this.#keys.values().take(count).toArray();
  }
}

const nameOf = ({ key, partition }: TopicKey): string => `${String(partition)} ${key.toString("latin1")}`;

/** Reads the whole topic for the keys that it holds: those whose newest message is no tombstone. @throws ConnectorError */
export async function readTopicKeys({ connection, topic }: KafkaOutputConfig, signal: AbortSignal): Promise<TopicKeys> {
  const keys = new TopicKeys();
  const input = kafkaInput.create(
    {
      topic,
      startFrom: "earliest",
      partitions: undefined,
      resumeEarliest: true,
      included: { headers: false, timestamp: false, partition: true, offset: false, topic: false },
      filter: undefined,
      endAtEof: true,
      minBytes: 1,
      maxBytes: 4 * 1024 * 1024,
      maxPartitionBytes: 1024 * 1024,
      maxWaitMs: 100,
      committedOnly: true,
      connection,
    },
    { endpointName: "kafka_output", schema: { name: topic, fields: [], primaryKey: undefined }, scratchDirectory: "" },
  );
  try {
    await input.open(signal);
    for (let chunk = await input.read(signal); chunk !== undefined; chunk = await input.read(signal)) {
      for (const { key, metadata, value } of chunk.kind === "messages" ? chunk.messages : []) {
        if (key === null) continue;
        // A copy: the key is a piece of a whole reply, which would stay in memory with it.
        const held = { partition: Number(metadata?.["kafka_partition"]), key: Buffer.from(key) };
        if (value === null) keys.delete(held);
        else keys.add(held);
      }
    }
  } finally {
    await input.close();
  }
  return keys;
}
