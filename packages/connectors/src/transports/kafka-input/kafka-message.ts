import type { InputMessage, MessageMetadata } from "@headgate/connector-kit";
import type { Headers } from "./header-filter.ts";

/** Which parts of a message's metadata rows can ask for. */
export interface Included {
  readonly headers: boolean;
  readonly timestamp: boolean;
  readonly partition: boolean;
  readonly offset: boolean;
  readonly topic: boolean;
}

/** What the messages of one batch on the wire share. */
export interface MessageSource {
  readonly topic: string;
  readonly partition: number;
  readonly firstTimestamp: bigint;
  /** The broker's clock when it took the batch, if the topic keeps that. */
  readonly appendTimestamp: bigint | undefined;
  readonly included: Included | undefined;
}

/** A record as the client reads it. */
export interface ClientRecord {
  readonly timestampDelta: bigint;
  readonly offsetDelta: number;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers: Headers;
}

/** One message of a topic. What few rows ask for is made when it is asked for. */
export class KafkaMessage implements InputMessage {
  readonly offset: number;
  readonly #source: MessageSource;
  readonly #record: ClientRecord;

  constructor(source: MessageSource, record: ClientRecord, offset: number) {
    this.#source = source;
    this.#record = record;
    this.offset = offset;
  }

  get key(): Uint8Array | null {
    return this.#record.key;
  }
  get value(): Uint8Array | null {
    return this.#record.value;
  }
  get partition(): number {
    return this.#source.partition;
  }

  get place(): string {
    return `topic "${this.#source.topic}", partition ${String(this.#source.partition)}, offset ${String(this.offset)}`;
  }

  get metadata(): MessageMetadata | undefined {
    const { appendTimestamp, firstTimestamp, included, partition, topic } = this.#source;
    if (included === undefined) return undefined;
    const timestamp = appendTimestamp ?? firstTimestamp + this.#record.timestampDelta;
    return {
      ...(included.topic ? { kafka_topic: topic } : {}),
      ...(included.partition ? { kafka_partition: partition } : {}),
      ...(included.offset ? { kafka_offset: this.offset } : {}),
      ...(included.timestamp && timestamp >= 0n ? { kafka_timestamp: sqlTimestamp(timestamp) } : {}),
      ...(included.headers ? { kafka_headers: headerMap(this.#record.headers) } : {}),
    };
  }
}

/** Of headers with one name the last one counts. */
function headerMap(headers: Headers): ReadonlyMap<string, Uint8Array | null> {
  return new Map(headers.map(([name, value]) => [name === null ? "" : Buffer.from(name).toString("utf8"), value]));
}

const sqlTimestamp = (milliseconds: bigint): string => new Date(Number(milliseconds)).toISOString().replace("T", " ").replace("Z", "");
