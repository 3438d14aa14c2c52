import { Admin, FetchIsolationLevels, ListOffsetTimestamps, Producer } from "@platformatic/kafka";
import { randomUUID } from "node:crypto";
import { waitUntil } from "./wait-until.ts";

/** A message to write. */
export interface Written {
  readonly value: string | null;
  readonly key?: string;
  readonly partition?: number;
  readonly timestamp?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

export type Compression = "none" | "gzip" | "snappy" | "lz4" | "zstd";

const quick = { clientId: "headgate-test", retries: 5, retryDelay: 200 };
const bytes = (text: string | null | undefined): Buffer | undefined =>
  text === null || text === undefined ? undefined : Buffer.from(text);

/** A name that no other test has. */
export const newTopicName = (): string => `test-${randomUUID()}`;

/** Makes topics and fills them, as other programs would. */
export class Topics {
  readonly #bootstrap: string;
  readonly #admin: Admin;
  readonly #producer: Producer;

  constructor(bootstrap: string) {
    this.#bootstrap = bootstrap;
    this.#admin = new Admin({ ...quick, bootstrapBrokers: [bootstrap] });
    this.#producer = new Producer({ ...quick, bootstrapBrokers: [bootstrap], idempotent: true });
  }

  async create(options: { readonly partitions?: number; readonly config?: Readonly<Record<string, string>> } = {}): Promise<string> {
    const topic = newTopicName();
    await this.createNamed(topic, options);
    return topic;
  }
  async createNamed(
    topic: string,
    { config = {}, partitions = 1 }: { readonly partitions?: number; readonly config?: Readonly<Record<string, string>> } = {},
  ): Promise<void> {
    const configs = Object.entries(config).map(([name, value]) => ({ name, value }));
    await this.#admin.createTopics({ topics: [topic], partitions, replicas: 1, configs });
    await this.#led(topic, partitions);
  }
  async delete(topic: string): Promise<void> {
    await this.#admin.deleteTopics({ topics: [topic] });
  }
  async addPartitions(topic: string, count: number): Promise<void> {
    await this.#admin.createPartitions({ topics: [{ name: topic, count, assignments: null }] });
    await this.#led(topic, count);
  }
  /** Drops the records before an offset, as retention does. */
  async expire(topic: string, partition: number, before: number): Promise<void> {
    await this.#admin.deleteRecords({ topics: [{ name: topic, partitions: [{ partition, offset: BigInt(before) }] }] });
  }

  async write(topic: string, messages: readonly (string | Written)[], compression: Compression = "none"): Promise<void> {
    const records = messages.map((message) => {
      const { headers, key, partition = 0, timestamp, value } = typeof message === "string" ? { value: message } : (message as Written);
      return {
        topic,
        partition,
        value: bytes(value) as Buffer,
        ...(key === undefined ? {} : { key: Buffer.from(key) }),
        ...(timestamp === undefined ? {} : { timestamp: BigInt(timestamp) }),
        ...(headers === undefined ? {} : { headers: new Map(Object.entries(headers).map(([k, v]) => [Buffer.from(k), Buffer.from(v)])) }),
      };
    });
    for (let at = 0; at < records.length; at += 2000) await this.#producer.send({ messages: records.slice(at, at + 2000), compression });
  }

  /** Writes in a transaction, which then is given up or made good. */
  async transaction(topic: string, values: readonly string[], end: "commit" | "abort"): Promise<void> {
    const producer = new Producer({ ...quick, bootstrapBrokers: [this.#bootstrap], idempotent: true, transactionalId: randomUUID() });
    const transaction = await producer.beginTransaction();
    await transaction.send({ messages: values.map((value) => ({ topic, partition: 0, value: Buffer.from(value) })) });
    await transaction[end]();
    await producer.close();
    await this.#decided(topic);
  }

  /** Waits until partition 0 has no open transaction: its end is written to the partition after it was answered. */
  async #decided(topic: string): Promise<void> {
    const endFor = async (isolationLevel: 0 | 1): Promise<bigint | undefined> => {
      const topics = [{ name: topic, partitions: [{ partitionIndex: 0, timestamp: ListOffsetTimestamps.LATEST }] }];
      return (await this.#admin.listOffsets({ topics, isolationLevel }))[0]?.partitions[0]?.offset;
    };
    const decided = async (): Promise<true | undefined> => {
      const committed = await endFor(FetchIsolationLevels.READ_COMMITTED);
      return committed === (await endFor(FetchIsolationLevels.READ_UNCOMMITTED)) ? true : undefined;
    };
    await waitUntil(`The end of a transaction in topic ${topic}`, decided, { within: 20_000 });
  }

  /** Waits until every partition has a leader: a producer that comes earlier is turned away. */
  async #led(topic: string, partitions: number): Promise<void> {
    const led = async (): Promise<true | undefined> => {
      const { topics } = await this.#admin.metadata({ topics: [topic], forceUpdate: true });
      const known = topics.get(topic)?.partitions ?? [];
      return known.length === partitions && known.every(({ leader }) => leader >= 0) ? true : undefined;
    };
    await waitUntil(`Leaders of topic ${topic}`, led, { within: 20_000 });
  }

  async close(): Promise<void> {
    await this.#producer.close();
    await this.#admin.close();
  }
}
