import type { ConnectorError } from "@headgate/connector-kit";
import type { Producer, SendOptions } from "@platformatic/kafka";
import { clientOptions } from "../kafka/client-options.ts";
import { brokerErrors, explainKafkaError, isRefused, kafkaFailure } from "../kafka/kafka-failure.ts";
import { loadKafkaClient } from "../kafka/load-client.ts";
import type { KafkaOutputConfig } from "./config.ts";
import { keyHash } from "./murmur2.ts";
import type { OutgoingMessage, TopicWriter } from "./topic-writer.ts";

const tag = "kafka_write";
/** How soon the client tries again; it does so until the brokers answer, so that they can tell a repeated batch from a new one. */
const retryMs = 500;
/** Brokers that say nothing for so long are told of. */
const silenceMs = 10_000;
const closeMs = 5_000;
/** The runtime allows a minute for opening, and its message would not say why. */
const longestOpenMs = 55_000;
/** Answers that the same messages would get again. */
const hopeless = new Set([
  "MESSAGE_TOO_LARGE",
  "RECORD_LIST_TOO_LARGE",
  "INVALID_RECORD",
  "UNSUPPORTED_COMPRESSION_TYPE",
  "UNSUPPORTED_FOR_MESSAGE_FORMAT",
]);

interface Pending {
  readonly batch: readonly OutgoingMessage[];
  readonly delivered: Promise<void>;
}

/**
 * Connects to the brokers and learns of the topic, which they create when they are set so.
 *
 * @throws ConnectorError `invalid_config` | `fatal`
 */
export async function connectTopicWriter(config: KafkaOutputConfig, signal: AbortSignal): Promise<TopicWriter> {
  const client = await loadKafkaClient();
  const options = await clientOptions("kafka_output", config.connection, signal);
  const failures = new Failures();
  const producer = new client.Producer({
    ...options,
    idempotent: config.idempotent,
    acks: config.acks === "all" ? client.ProduceAcks.ALL : client.ProduceAcks.LEADER,
    compression: config.compression,
    autocreateTopics: true,
    retries: true,
    retryDelay: (_client, _operation, _attempt, _retries, error) => {
      failures.note(error);
      return retryMs;
    },
  });
  const openMs = Math.min(config.openMs, longestOpenMs);
  const within = AbortSignal.any([signal, AbortSignal.timeout(openMs)]);
  try {
    const metadata = await failures.until(producer.metadata({ topics: [config.topic], autocreateTopics: true }), within);
    // What a producer is refused for, or has to wait for, is known before the first row.
    if (config.idempotent) await failures.until(producer.initIdempotentProducer({}), within);
    const partitions = metadata.topics.get(config.topic)?.partitionsCount ?? 1;
    return new KafkaTopicWriter(config, producer, failures, partitions);
  } catch (error) {
    await closeProducer(producer);
    signal.throwIfAborted();
    const cause = failures.last ?? error;
    const patience = isRefused(cause) ? "" : ` within ${String(Math.round(openMs / 1000))} seconds`;
    throw kafkaFailure("fatal", `kafka_output: topic "${config.topic}" cannot be reached${patience}`, cause, tag);
  }
}

class KafkaTopicWriter implements TopicWriter {
  readonly partitions: number;
  readonly #config: KafkaOutputConfig;
  readonly #producer: Producer;
  readonly #failures: Failures;
  #pending: Pending | undefined;

  constructor(config: KafkaOutputConfig, producer: Producer, failures: Failures, partitions: number) {
    this.#config = config;
    this.#producer = producer;
    this.#failures = failures;
    this.partitions = partitions;
  }

  partitionOf(key: Uint8Array): number {
    return this.partitions === 1 ? 0 : keyHash(key) % this.partitions;
  }

  async send(batch: readonly OutgoingMessage[], signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    await this.drain(signal);
    this.#start(batch);
  }

  async drain(signal: AbortSignal): Promise<void> {
    if (this.#pending !== undefined) await this.#settled(this.#pending, signal);
  }

  #start(batch: readonly OutgoingMessage[]): void {
    const delivered = this.#deliver(batch);
    // Whoever drains hears of it.
    delivered.catch(() => undefined);
    this.#pending = { batch, delivered };
  }

  async #deliver(batch: readonly OutgoingMessage[]): Promise<void> {
    // The client's types know of no tombstones, and of no headers without a value; its protocol does.
    const messages = batch as unknown as SendOptions<Buffer, Buffer, Buffer, Buffer>["messages"];
    await this.#producer.send({ messages });
  }

  async #settled(pending: Pending, signal: AbortSignal): Promise<void> {
    const silence = AbortSignal.timeout(silenceMs);
    try {
      await this.#failures.orNext(pending.delivered, AbortSignal.any([signal, silence]));
      this.#pending = undefined;
    } catch (error) {
      signal.throwIfAborted();
      if (silence.aborted)
        throw this.#failure("retryable", new Error(`the brokers have not answered for ${String(silenceMs / 1000)} seconds`));
      if (error instanceof Underway) throw this.#failure("retryable", error.cause);
      if (brokerErrors(error).some(({ code }) => hopeless.has(code))) throw this.#failure("fatal", error);
      // The client has given it up; nobody else would send it again.
      this.#start(pending.batch);
      throw this.#failure("retryable", error);
    }
  }

  #failure(code: "retryable" | "fatal", cause: unknown): ConnectorError {
    return kafkaFailure(code, `kafka_output: topic "${this.#config.topic}" cannot be written to`, cause, tag);
  }

  close(): Promise<void> {
    return closeProducer(this.#producer);
  }
}

/** The client goes on trying; this is why it has to. */
class Underway extends Error {}

/** What the client meets while it tries again by itself. */
class Failures {
  last: unknown;
  #heard = Promise.withResolvers<never>();

  constructor() {
    this.#heard.promise.catch(() => undefined);
  }

  note(error: unknown): void {
    this.last = error;
    this.#heard.reject(new Underway(explainKafkaError(error), { cause: error }));
    this.#heard = Promise.withResolvers();
    this.#heard.promise.catch(() => undefined);
  }
  /** The work's outcome, or the next failure that it meets. @throws {@link Underway} */
  orNext<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
    return Promise.race([work, this.#heard.promise, aborted(signal)]);
  }
  /** The work's outcome, whatever it meets; but to be refused is the end of it. */
  async until<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
    work.catch(() => undefined);
    for (;;) {
      try {
        return await this.orNext(work, signal);
      } catch (error) {
        if (!(error instanceof Underway) || isRefused(error.cause)) throw error;
      }
    }
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  promise.catch(() => undefined);
  const fail = (): void => reject(signal.reason as Error);
  if (signal.aborted) fail();
  else signal.addEventListener("abort", fail, { once: true });
  return promise;
}

async function closeProducer(producer: Producer): Promise<void> {
  const late = AbortSignal.timeout(closeMs);
  await Promise.race([producer.close(true), aborted(late)]).catch(() => undefined);
}
