import { ConnectorError, type EncodedChunk, type EncodedMessage } from "@headgate/connector-kit";
import type { KafkaOutputConfig, MessageHeader } from "./config.ts";
import type { OutgoingMessage } from "./topic-writer.ts";

/** What a record needs beside its key, value and headers, at most, and a batch beside its records. */
const recordOverhead = 40;
const batchOverhead = 100;

/** Headers as the client takes them, and what they add to a record. */
interface Headers {
  readonly map: OutgoingMessage["headers"];
  readonly bytes: number;
}

/** Makes messages of chunks and cuts them into batches that brokers take. */
export class MessageBatches {
  readonly #config: KafkaOutputConfig;
  readonly #partitionOf: (key: Uint8Array) => number;
  readonly #plain: Headers;
  readonly #known = new WeakMap<NonNullable<EncodedMessage["headers"]>, Headers>();

  constructor(config: KafkaOutputConfig, partitionOf: (key: Uint8Array) => number) {
    this.#config = config;
    this.#partitionOf = partitionOf;
    this.#plain = headersOf(config.headers);
  }

  /** @throws ConnectorError `fatal` for a message that is larger than brokers take */
  of({ bytes, messages }: EncodedChunk): OutgoingMessage[][] {
    if (messages === undefined && bytes.byteLength === 0) return [];
    return this.#cut(messages ?? [{ key: undefined, value: bytes }]);
  }

  #cut(messages: readonly EncodedMessage[]): OutgoingMessage[][] {
    const batches: OutgoingMessage[][] = [];
    let batch: OutgoingMessage[] = [];
    let room = 0;
    for (const message of messages) {
      const size = this.#size(message);
      if (size > room) {
        if (size + batchOverhead > this.#config.maxMessageBytes) throw tooLarge(this.#config, size);
        batch = [];
        batches.push(batch);
        room = this.#config.maxMessageBytes - batchOverhead;
      }
      room -= size;
      batch.push(this.#outgoing(message));
    }
    return batches;
  }

  #outgoing({ headers, key, orderedBy, value }: EncodedMessage): OutgoingMessage {
    const order = key ?? orderedBy;
    return {
      topic: this.#config.topic,
      key: key === undefined ? undefined : buffer(key),
      value: value === null ? null : buffer(value),
      headers: (headers === undefined ? this.#plain : this.#headersOf(headers)).map,
      partition: order === undefined ? undefined : this.#partitionOf(order),
    };
  }

  /** A format gives the same few headers again and again. */
  #headersOf(given: NonNullable<EncodedMessage["headers"]>): Headers {
    let known = this.#known.get(given);
    if (known === undefined) {
      const all = [...given.map(([name, value]): MessageHeader => [Buffer.from(name), buffer(value)]), ...this.#config.headers];
      known = headersOf(all);
      this.#known.set(given, known);
    }
    return known;
  }

  #size({ headers, key, value }: EncodedMessage): number {
    const { bytes } = headers === undefined ? this.#plain : this.#headersOf(headers);
    return recordOverhead + bytes + (key?.byteLength ?? 0) + (value?.byteLength ?? 0);
  }
}

const buffer = (bytes: Uint8Array): Buffer =>
  Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
const headersOf = (headers: readonly MessageHeader[]): Headers => ({
  map: headers.length === 0 ? undefined : new Map(headers),
  bytes: headers.reduce((sum, [name, value]) => sum + headerSize(name, value), 0),
});
const headerSize = (name: Buffer, value: Buffer | null): number => 10 + name.byteLength + (value?.byteLength ?? 0);

function tooLarge({ maxMessageBytes, topic }: KafkaOutputConfig, size: number): ConnectorError {
  const text = `kafka_output: a message for topic "${topic}" takes ${String(size)} bytes, and "message.max.bytes" is ${String(maxMessageBytes)}`;
  return new ConnectorError("fatal", `${text}; raise it, and the topic's max.message.bytes, or make rows smaller.`, { tag: "kafka_write" });
}
