import {
  ConnectorError,
  type InputChunk,
  type InputPosition,
  type InputTransport,
  type InputTransportDefinition,
} from "@headgate/connector-kit";
import { parseKafkaInputConfig, type KafkaInputConfig } from "./config.ts";
import { MessageQueue } from "./message-queue.ts";
import { firstOffsets, resumedOffsets, type KafkaPosition, type StartOffsets } from "./start-offsets.ts";
import { TopicReader } from "./topic-reader.ts";

/** Reads partitions of a topic side by side; within each, in the order of its offsets. */
class KafkaInput implements InputTransport {
  readonly #config: KafkaInputConfig;
  readonly #reader: TopicReader;
  readonly #queue: MessageQueue;
  readonly #resumeAt: KafkaPosition | undefined;
  /** What was lost, told by the next reads. */
  #warnings: string[] = [];
  #failed = false;
  #started = false;

  constructor(config: KafkaInputConfig, resumeAt: KafkaPosition | undefined) {
    this.#config = config;
    this.#resumeAt = resumeAt;
    this.#reader = new TopicReader(config);
    const { included, filter, topic } = config;
    const asked = Object.values(included).some((wanted) => wanted);
    this.#queue = new MessageQueue({ topic, filter, included: asked ? included : undefined });
  }

  async open(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    await this.#reader.connect(signal);
    const bounds = await this.#reader.bounds(this.#reader.wanted(), signal);
    const { offsets, warnings } =
      this.#resumeAt === undefined
        ? await this.#first(bounds, signal)
        : resumedOffsets(this.#config, this.#resumeAt, this.#reader.topicId, bounds);
    for (const [partition, offset] of offsets) this.#begin(partition, offset, bounds.get(partition)?.end ?? 0);
    this.#warnings.push(...warnings);
    this.#started = true;
  }

  async read(signal: AbortSignal): Promise<InputChunk | undefined> {
    for (;;) {
      signal.throwIfAborted();
      const warning = this.#warnings.shift();
      if (warning !== undefined) {
        this.#failed = true;
        throw new ConnectorError("retryable", warning, { tag: "kafka_data_expired" });
      }
      while (!this.#queue.empty) {
        const messages = this.#queue.take();
        if (messages.length > 0) return { kind: "messages", messages };
      }
      if (this.#config.endAtEof && this.#reader.caughtUp) return undefined;
      const brought = await this.#fetch(signal);
      // After a failure an empty answer is news too: the brokers are there again.
      if (this.#failed && !brought) {
        this.#failed = false;
        return { kind: "messages", messages: [] };
      }
      this.#failed = false;
    }
  }

  position(held: number): InputPosition | undefined {
    const next = this.#started ? this.#queue.position(held) : undefined;
    if (next === undefined) return undefined;
    return { topic_id: this.#reader.topicId, next: Object.fromEntries(next) };
  }

  async close(): Promise<void> {
    await this.#reader.close();
  }

  async #first(bounds: Parameters<typeof firstOffsets>[1], signal: AbortSignal): Promise<StartOffsets> {
    const { startFrom } = this.#config;
    const timed = typeof startFrom === "object" && "timestamp" in startFrom;
    const byTime = timed ? await this.#reader.offsetsAt([...bounds.keys()], startFrom.timestamp, signal) : new Map<number, number>();
    return firstOffsets(this.#config, bounds, byTime);
  }

  /** Brings records into the queue, and says whether there were any. */
  async #fetch(signal: AbortSignal): Promise<boolean> {
    try {
      const added = this.#reader.added();
      // Whatever they hold was written after the start.
      if (added.length > 0)
        for (const [partition, { end, first }] of await this.#reader.bounds(added, signal)) this.#begin(partition, first, end);
      const fetched = await this.#reader.next(signal);
      for (const item of fetched) {
        if (item.kind === "batches") this.#queue.push(item.partition, item.batches);
        else this.#moved(item);
      }
      return fetched.length > 0;
    } catch (error) {
      if (!signal.aborted) this.#failed = true;
      throw error;
    }
  }

  #moved({ offset, partition, problem }: { readonly partition: number; readonly offset: number; readonly problem: string }): void {
    if (!this.#config.resumeEarliest) {
      const advice = 'Set "resume_earliest_if_data_expires": true to go on with the earliest records there are';
      throw new ConnectorError("fatal", `kafka_input: ${problem}. ${advice}.`, { tag: "kafka_data_expired" });
    }
    this.#queue.begin(partition, offset);
    this.#warnings.push(`kafka_input: ${problem}. It is read on from the earliest offset there is.`);
  }

  #begin(partition: number, offset: number, end: number): void {
    this.#reader.begin(partition, offset, end);
    this.#queue.begin(partition, offset);
  }
}

/**
 * Reads a Kafka topic: `{"topic", "bootstrap.servers", "start_from"?, "partitions"?, …}` and librdkafka's options. It joins no consumer
 * group: the next offset of each partition is kept with the pipeline's steps, so a restart goes on exactly behind what was taken.
 */
export const kafkaInput: InputTransportDefinition<KafkaInputConfig> = {
  name: "kafka_input",
  format: "required",
  parseConfig: parseKafkaInputConfig,
  create: (config, { resumeAt }) => new KafkaInput(config, resumeAt as KafkaPosition | undefined),
};
