import { ConnectorError, type EncodedChunk, type EncodedMessage } from "@headgate/connector-kit";
import type { KafkaOutputConfig, MessageHeader } from "./config.ts";
import type { OutgoingMessage } from "./topic-writer.ts";

/** What a record needs beside its key, value and headers, at most, and a batch beside its records. */
const recordOverhead = 40;
const batchOverhead = 100;

/** Makes messages of chunks and cuts them into batches that brokers take. */
export class MessageBatches {
  readonly #config: KafkaOutputConfig;
  readonly #partitionOf: (key: Uint8Array) => number;
  readonly #headerBytes: number;
  readonly #plainHeaders: ReadonlyMap<Buffer, Buffer | null> | undefined;

  constructor(config: KafkaOutputConfig, partitionOf: (key: Uint8Array) => number) {
    this.#config = config;
    this.#partitionOf = partitionOf;
    this.#plainHeaders = config.headers.length === 0 ? undefined : new Map(config.headers);
    this.#headerBytes = config.headers.reduce((sum, [name, value]) => sum + headerSize(name, value), 0);
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
      headers: headers === undefined ? this.#plainHeaders : this.#allHeaders(headers),
      partition: order === undefined ? undefined : this.#partitionOf(order),
    };
  }

  #allHeaders(headers: NonNullable<EncodedMessage["headers"]>): ReadonlyMap<Buffer, Buffer | null> {
    return new Map<Buffer, Buffer | null>([
      ...headers.map(([name, value]): MessageHeader => [Buffer.from(name), buffer(value)]),
      ...this.#config.headers,
    ]);
  }

  #size({ headers, key, value }: EncodedMessage): number {
    let size = recordOverhead + this.#headerBytes + (key?.byteLength ?? 0) + (value?.byteLength ?? 0);
    for (const [name, header] of headers ?? []) size += 10 + name.length * 3 + header.byteLength;
    return size;
  }
}

const buffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
const headerSize = (name: Buffer, value: Buffer | null): number => 10 + name.byteLength + (value?.byteLength ?? 0);

function tooLarge({ maxMessageBytes, topic }: KafkaOutputConfig, size: number): ConnectorError {
  const text = `kafka_output: a message for topic "${topic}" takes ${String(size)} bytes, and "message.max.bytes" is ${String(maxMessageBytes)}`;
  return new ConnectorError("fatal", `${text}; raise it, and the topic's max.message.bytes, or make rows smaller.`, { tag: "kafka_write" });
}
