import { messageBytes, type InputMessage } from "@headgate/connector-kit";
import type { FetchedBatch } from "./fetched-records.ts";
import type { HeaderFilter } from "./header-filter.ts";
import { KafkaMessage, type Included } from "./kafka-message.ts";

/** One piece of messages, so that nothing else in the process waits long for it. */
const pieceMessages = 4096;
const pieceBytes = 512 * 1024;

interface Waiting {
  readonly partition: number;
  readonly batch: FetchedBatch;
}

export interface MessageQueueOptions {
  readonly topic: string;
  readonly included: Included | undefined;
  readonly filter: HeaderFilter | undefined;
}

/** Fetched records on their way to the parser, and where each partition stands behind those that were handed on. */
export class MessageQueue {
  readonly #options: MessageQueueOptions;
  /** Next offset of each partition. */
  readonly #next = new Map<number, number>();
  #waiting: Waiting[] = [];
  #head = 0;
  /** Records of the first waiting batch that were looked at. */
  #looked = 0;
  #last: readonly KafkaMessage[] = [];

  constructor(options: MessageQueueOptions) {
    this.#options = options;
  }

  /** Starts a partition, or puts it somewhere else. */
  begin(partition: number, offset: number): void {
    this.#next.set(partition, offset);
  }

  get empty(): boolean {
    return this.#head === this.#waiting.length;
  }

  push(partition: number, batches: readonly FetchedBatch[]): void {
    for (const batch of batches) this.#waiting.push({ partition, batch });
  }

  /** The next messages; empty when what waited held none that are let through. */
  take(): readonly InputMessage[] {
    const messages: KafkaMessage[] = [];
    let bytes = 0;
    for (let item = this.#waiting[this.#head]; item !== undefined; item = this.#waiting[this.#head]) {
      bytes += this.#takeFrom(item, messages, bytes);
      if (messages.length >= pieceMessages || bytes >= pieceBytes) break;
    }
    if (this.empty) {
      this.#waiting = [];
      this.#head = 0;
    }
    this.#last = messages;
    return messages;
  }

  /**
   * Next offset of each partition behind everything handed on but the last `held` bytes; undefined when that is in the middle of a message.
   */
  position(held: number): ReadonlyMap<number, number> | undefined {
    const next = new Map(this.#next);
    let left = held;
    for (let at = this.#last.length - 1; left > 0; at -= 1) {
      const message = this.#last[at];
      if (message === undefined) return undefined;
      next.set(message.partition, message.offset);
      left -= messageBytes(message);
    }
    return left < 0 ? undefined : next;
  }

  /** Adds messages of one batch until the piece is full, and gives their bytes. */
  #takeFrom({ batch, partition }: Waiting, messages: KafkaMessage[], taken: number): number {
    const { filter, included, topic } = this.#options;
    const { appendTimestamp, firstOffset, firstTimestamp, records } = batch;
    const source = { topic, partition, firstTimestamp, appendTimestamp, included };
    // A batch is fetched whole, also when the place to start from is in the middle of it.
    const from = this.#next.get(partition) ?? 0;
    let bytes = 0;
    while (this.#looked < records.length && messages.length < pieceMessages && taken + bytes < pieceBytes) {
      const record = records[this.#looked];
      this.#looked += 1;
      if (record === undefined) continue;
      const offset = firstOffset + record.offsetDelta;
      if (offset < from) continue;
      this.#next.set(partition, offset + 1);
      if (filter !== undefined && !filter(record.headers)) continue;
      const message = new KafkaMessage(source, record, offset);
      messages.push(message);
      bytes += messageBytes(message);
    }
    if (this.#looked >= records.length) {
      this.#next.set(partition, Math.max(from, batch.next));
      this.#head += 1;
      this.#looked = 0;
    }
    return bytes;
  }
}
