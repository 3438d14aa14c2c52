import { abortable, ConnectorError } from "@headgate/connector-kit";
import type { Consumer } from "@platformatic/kafka";
import { clientOptions } from "../kafka/client-options.ts";
import { brokerErrors, isRefused, kafkaFailure } from "../kafka/kafka-failure.ts";
import { loadKafkaClient } from "../kafka/load-client.ts";
import type { KafkaInputConfig } from "./config.ts";
import { fetchedBatches, type FetchedBatch, type FetchResponse } from "./fetched-records.ts";
import { outside, type PartitionBounds } from "./start-offsets.ts";

/** What a topic has brought: batches of one partition, or a partition whose place is not there any more. */
export type Fetched =
  | { readonly kind: "batches"; readonly partition: number; readonly batches: readonly FetchedBatch[] }
  | { readonly kind: "moved"; readonly partition: number; readonly offset: number; readonly problem: string };

interface Partition {
  next: number;
  /** Behind the last record that may be read, as far as is known. */
  end: number;
  fetching: boolean;
}

interface Outcome {
  readonly node: number;
  readonly partitions: readonly number[];
  readonly response?: FetchResponse;
  readonly error?: unknown;
}

const committed = 1;
const uncommitted = 0;
const latest = -1n;
const earliest = -2n;
/** Answers of a broker that has forgotten what the client and it agreed on; the client has then forgotten it too, so the next try does. */
const sessionErrors = new Set(["FETCH_SESSION_ID_NOT_FOUND", "INVALID_FETCH_SESSION_EPOCH", "FETCH_SESSION_TOPIC_ID_ERROR"]);

/**
 * Reads partitions of one topic from whichever brokers lead them, without a consumer group. At most one request is under way to each
 * broker, started before its predecessor's records are all handed on, so that broker and parser work at the same time.
 */
export class TopicReader {
  readonly #config: KafkaInputConfig;
  readonly #partitions = new Map<number, Partition>();
  readonly #underWay = new Map<number, Promise<Outcome>>();
  #consumer: Consumer | undefined;
  #topicId = "";
  #sessionRetries = 0;

  constructor(config: KafkaInputConfig) {
    this.#config = config;
  }

  get topicId(): string {
    return this.#topicId;
  }
  /** Every partition was read as far as its broker has told. */
  get caughtUp(): boolean {
    return [...this.#partitions.values()].every(({ end, next }) => next >= end);
  }

  /** Connects and learns of the topic. @throws ConnectorError */
  async connect(signal: AbortSignal): Promise<void> {
    await this.close();
    const { Consumer } = await loadKafkaClient();
    const options = await clientOptions("kafka_input", this.#config.connection, signal);
    const isolationLevel = this.#config.committedOnly ? committed : uncommitted;
    const consumer = new Consumer({ ...options, groupId: "headgate", autocommit: false, isolationLevel });
    this.#consumer = consumer;
    consumer.topics.track(this.#config.topic);
    await this.#ask("cannot be found", () => consumer.metadata({ topics: [this.#config.topic], forceUpdate: true }), signal);
    this.#topicId = this.#known().id;
  }

  /** The partitions that are to be read. @throws ConnectorError `invalid_config` for one that the topic does not have */
  wanted(): readonly number[] {
    const { partitions: chosen, topic } = this.#config;
    const { partitionsCount } = this.#known();
    const missing = chosen?.find((partition) => partition >= partitionsCount);
    if (missing !== undefined) {
      const has = partitionsCount === 1 ? "only partition 0" : `partitions 0 to ${String(partitionsCount - 1)}`;
      throw new ConnectorError("invalid_config", `kafka_input: "partitions" names ${String(missing)}, but topic "${topic}" has ${has}.`);
    }
    return chosen ?? Array.from({ length: partitionsCount }, (_, partition) => partition);
  }

  async bounds(partitions: readonly number[], signal: AbortSignal): Promise<Map<number, PartitionBounds>> {
    const [first, end] = await Promise.all([this.#list(partitions, earliest, signal), this.#list(partitions, latest, signal)]);
    return new Map(partitions.map((partition) => [partition, { first: first.get(partition) ?? 0, end: end.get(partition) ?? 0 }]));
  }

  /** The first offset not before a time, for the partitions that have one. */
  async offsetsAt(partitions: readonly number[], timestamp: number, signal: AbortSignal): Promise<Map<number, number>> {
    return this.#list(partitions, BigInt(timestamp), signal);
  }

  /** Reads a partition from an offset on. */
  begin(partition: number, offset: number, end: number): void {
    this.#partitions.set(partition, { next: offset, end, fetching: false });
  }

  /** Partitions that were added to the topic, as far as the client has heard; it asks again every `metadata.max.age.ms`. */
  added(): readonly number[] {
    const known = this.#consumer?.currentMetadata?.topics.get(this.#config.topic);
    if (this.#config.partitions !== undefined || known === undefined || known.partitionsCount <= this.#partitions.size) return [];
    return Array.from({ length: known.partitionsCount }, (_, partition) => partition).filter(
      (partition) => !this.#partitions.has(partition),
    );
  }

  /** What some broker has answered; empty when it had nothing. @throws ConnectorError `retryable` | `fatal` */
  async next(signal: AbortSignal): Promise<readonly Fetched[]> {
    await this.#learn(signal);
    if (!this.#request()) throw this.#leaderless();
    const outcome = await abortable(Promise.race(this.#underWay.values()), signal);
    this.#underWay.delete(outcome.node);
    for (const partition of outcome.partitions) this.#partition(partition).fetching = false;
    if (outcome.response === undefined) return this.#recover(outcome.error, signal);
    this.#sessionRetries = 0;
    const fetched = this.#taken(outcome.response);
    // The next request is on its way while these records are parsed.
    if (this.#fresh()) this.#request();
    return fetched;
  }

  async close(): Promise<void> {
    const consumer = this.#consumer;
    this.#consumer = undefined;
    this.#underWay.clear();
    for (const partition of this.#partitions.values()) partition.fetching = false;
    await consumer?.close(true).catch(() => undefined);
  }

  /** Asks for the topic's leaders when they are not known, or not any more. */
  async #learn(signal: AbortSignal): Promise<void> {
    if (this.#fresh()) return;
    await this.#ask("cannot be read", () => this.#opened().metadata({ topics: [this.#config.topic] }), signal);
    if (this.#known().id === this.#topicId) return;
    const message = "was deleted and created again; restart the pipeline to read the new one.";
    throw new ConnectorError("fatal", this.#sentence(message), { tag: "kafka_topic" });
  }

  /** Starts a request to each broker that leads partitions and is not asked already; false when none is under way then. */
  #request(): boolean {
    const leaders = Map.groupBy(
      [...this.#partitions].filter(([, { fetching }]) => !fetching),
      ([partition]) => this.#known().partitions[partition]?.leader ?? -1,
    );
    for (const [node, partitions] of leaders) {
      if (node >= 0 && !this.#underWay.has(node)) this.#underWay.set(node, this.#fetch(node, new Map(partitions)));
    }
    return this.#underWay.size > 0;
  }

  #leaderless(): ConnectorError {
    this.#opened().clearMetadata();
    return new ConnectorError("retryable", this.#sentence("has no partition that a broker leads."), { tag: "kafka_read" });
  }

  async #fetch(node: number, partitions: ReadonlyMap<number, Partition>): Promise<Outcome> {
    const { maxBytes, maxPartitionBytes, maxWaitMs, minBytes } = this.#config;
    const wanted = [...partitions].map(([partition, state]) => {
      state.fetching = true;
      const epochs = { currentLeaderEpoch: -1, lastFetchedEpoch: -1 };
      return { partition, fetchOffset: BigInt(state.next), partitionMaxBytes: maxPartitionBytes, ...epochs };
    });
    const numbers = [...partitions.keys()];
    try {
      const topics = [{ topicId: this.#topicId, partitions: wanted }];
      const response = await this.#opened().fetch({ node, topics, minBytes, maxBytes, maxWaitTime: maxWaitMs });
      return { node, partitions: numbers, response };
    } catch (error) {
      return { node, partitions: numbers, error };
    }
  }

  #taken(response: FetchResponse): Fetched[] {
    const fetched: Fetched[] = [];
    for (const { partitions } of response.responses) {
      for (const answer of partitions) {
        const state = this.#partition(answer.partitionIndex);
        state.end = Number(this.#config.committedOnly ? answer.lastStableOffset : answer.highWatermark);
        const batches = fetchedBatches(answer, this.#config.committedOnly).filter(({ next }) => next > state.next);
        const last = batches.at(-1);
        if (last === undefined) continue;
        state.next = last.next;
        fetched.push({ kind: "batches", partition: answer.partitionIndex, batches });
      }
    }
    return fetched;
  }

  async #recover(error: unknown, signal: AbortSignal): Promise<readonly Fetched[]> {
    const errors = brokerErrors(error);
    if (errors.some(({ code }) => sessionErrors.has(code)) && this.#sessionRetries < 3) {
      this.#sessionRetries += 1;
      return [];
    }
    if (errors.some(({ code }) => code === "OFFSET_OUT_OF_RANGE")) {
      const moved = await this.#relocate(signal);
      if (moved.length > 0) return moved;
    }
    this.#opened().clearMetadata();
    throw kafkaFailure("retryable", this.#sentence("cannot be read"), error, "kafka_read");
  }

  /** Finds the partitions whose place is not there any more, and goes on at the earliest there is. */
  async #relocate(signal: AbortSignal): Promise<readonly Fetched[]> {
    const bounds = await this.bounds([...this.#partitions.keys()], signal);
    return [...this.#partitions].flatMap(([partition, state]): Fetched[] => {
      const { first, end } = bounds.get(partition) ?? { first: 0, end: 0 };
      if (state.next >= first && state.next <= end) return [];
      const problem = outside(this.#config.topic, partition, state.next, { first, end });
      Object.assign(state, { next: first, end });
      return [{ kind: "moved", partition, offset: first, problem }];
    });
  }

  async #list(partitions: readonly number[], timestamp: bigint, signal: AbortSignal): Promise<Map<number, number>> {
    const { topic } = this.#config;
    const ask = (): Promise<Map<string, bigint[]>> =>
      this.#opened().listOffsets({ topics: [topic], partitions: { [topic]: [...partitions] }, timestamp });
    const offsets = (await this.#ask("does not tell its offsets", ask, signal)).get(topic) ?? [];
    const told = partitions.map((partition): [number, number] => [partition, Number(offsets[partition] ?? -1)]);
    return new Map(told.filter(([, offset]) => offset >= 0));
  }

  async #ask<T>(what: string, request: () => Promise<T>, signal: AbortSignal): Promise<T> {
    try {
      return await abortable(request(), signal);
    } catch (error) {
      signal.throwIfAborted();
      this.#consumer?.clearMetadata();
      // Once rows have come, the same may pass: a topic comes back, a permission is given again.
      const started = this.#partitions.size > 0;
      const unknown = error instanceof Error && /^Unknown topic /.test(error.message);
      if (unknown) throw new ConnectorError(started ? "retryable" : "fatal", this.#sentence("does not exist."), { tag: "kafka_topic" });
      throw kafkaFailure(isRefused(error) && !started ? "fatal" : "retryable", this.#sentence(what), error, "kafka_read");
    }
  }

  #fresh(): boolean {
    return this.#consumer?.currentMetadata?.topics.has(this.#config.topic) === true;
  }
  #known(): { readonly id: string; readonly partitionsCount: number; readonly partitions: readonly { readonly leader: number }[] } {
    const known = this.#opened().currentMetadata?.topics.get(this.#config.topic);
    if (known === undefined)
      throw new ConnectorError("retryable", this.#sentence("is not known to the brokers yet."), { tag: "kafka_read" });
    return known;
  }
  #partition(partition: number): Partition {
    const state = this.#partitions.get(partition);
    if (state === undefined) throw new Error(`partition ${String(partition)} was not asked for`);
    return state;
  }
  #opened(): Consumer {
    if (this.#consumer === undefined) throw new ConnectorError("fatal", this.#sentence("is not open."));
    return this.#consumer;
  }
  #sentence(what: string): string {
    return `kafka_input: topic "${this.#config.topic}" ${what}`;
  }
}
