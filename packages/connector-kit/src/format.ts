import type { ChangeBatch, Delta, Field } from "@headgate/engine";
import type { InputMessage, MessageMetadata } from "./input.ts";

/** The shape of a table or view as a format sees it. */
export interface TableSchema {
  readonly name: string;
  readonly fields: readonly Field[];
  /** Canonical column names; undefined without a primary key. */
  readonly primaryKey: readonly string[] | undefined;
  /** The table takes inserts only: a record that says otherwise is an error. */
  readonly appendOnly?: boolean;
}

/** One bad record. The good records beside it are kept. */
export interface ParseError {
  readonly description: string;
  /** 1-based number of the record in the stream, if known. */
  readonly eventNumber: number | undefined;
  /** Column at fault, if known. */
  readonly field: string | undefined;
  /** The offending text or bytes, cut to a bounded length. */
  readonly invalidText: string | undefined;
  readonly invalidBytes: Uint8Array | undefined;
  readonly suggestion: string | undefined;
  readonly tag: string | undefined;
}

export interface ParsedBatch {
  readonly batch: ChangeBatch;
  /** Bytes of input behind this batch; over a whole stream they sum to the bytes pushed. */
  readonly bytes: number;
  readonly errors: readonly ParseError[];
}

export type ParsedBatches = Iterable<ParsedBatch> | AsyncIterable<ParsedBatch>;

/**
 * Turns bytes into changes of one table. Stateful: a record may span several pushes. Batches are bounded (a few thousand
 * rows) and lazily produced, so that not pulling is back-pressure. Never throws for bad data: bad records become errors.
 * An iterator of batches may throw a `retryable` ConnectorError (a schema cannot be fetched): its `next` is then called again.
 */
export interface Parser {
  push(bytes: Uint8Array): ParsedBatches;
  /** What `CONNECTOR_METADATA()` is for the message that is pushed next; called before each message that has a place. */
  about?(metadata: MessageMetadata | undefined): void;
  /** End of input (or of a message): whatever is still held becomes rows or errors. The parser may be pushed again after it. */
  finish(): ParsedBatches;
  /**
   * Messages, each of which is a whole stream: what it gives does not depend on those before it. A message without a value gives no rows, unless
   * the format has a meaning for it. An error names the message's place. Absent: each one is pushed and finished by itself.
   */
  messages?(messages: readonly InputMessage[]): ParsedBatches;
  /**
   * True when nothing but the bytes not yet reported by a batch matters for what follows: a fresh parser that is pushed the stream from
   * there gives the same rest. Asked right after a batch. Absent: never, so that such a stream is read again from its start.
   */
  restartable?(): boolean;
  /** Frees scratch files, if any. */
  close?(): Promise<void>;
}

export interface InputFormatDefinition<Config = unknown> {
  /** "json", "csv", "parquet". */
  readonly name: string;
  /** @throws ConnectorError `invalid_config` */
  parseConfig(config: unknown, schema: TableSchema): Config;
  createParser(config: Config, schema: TableSchema, context: { readonly scratchDirectory: string }): Parser;
}

/** One message for a sink that takes messages: what belongs to a row, with the key that names it. */
export interface EncodedMessage {
  /** Messages of one key keep their order. Undefined: the message has no key. */
  readonly key: Uint8Array | undefined;
  /** Null is a tombstone: the key is no more. */
  readonly value: Uint8Array | null;
  readonly headers?: readonly (readonly [name: string, value: Uint8Array])[];
  /** Keeps messages without a key in order that belong together: those with equal ones go the same way. */
  readonly orderedBy?: Uint8Array;
}

/** A piece of encoded output: whole records only. */
export interface EncodedChunk {
  /** Empty when there are messages. */
  readonly bytes: Uint8Array;
  readonly records: number;
  /** Given to sinks that take messages, by formats that know how; else such a sink takes the bytes as one message. */
  readonly messages?: readonly EncodedMessage[];
}

/** One change that could not be encoded; the others are. */
export interface EncodeError {
  readonly message: string;
}

export interface Encoder {
  /**
   * Called before the first row, and again after a `retryable` error: gets what the encoder needs from outside, such as a schema's id.
   *
   * @throws ConnectorError `retryable` | `fatal`
   */
  prepare?(signal: AbortSignal): Promise<void>;
  /** Encodes a step's delta, or a piece of a snapshot (all weights positive), in chunks of at most the format's buffer size. */
  encode(delta: Delta): Iterable<EncodedChunk | EncodeError>;
}

/** A unique key of a view, as a program declares it with CREATE INDEX. */
export interface OutputIndex {
  readonly name: string;
  /** Canonical names of its columns. */
  readonly columns: readonly string[];
}

/** Where encoded output goes. */
export interface EncoderTarget {
  /** The sink takes messages with keys of their own; the name is that of its topic. Undefined: it takes bytes. */
  readonly topic?: string | undefined;
  /** The key that the connector names with `index`. */
  readonly index?: OutputIndex | undefined;
}

export interface OutputFormatDefinition<Config = unknown> {
  readonly name: string;
  /** True for a format that has a use for an index; the others refuse one. */
  readonly indexed?: boolean;
  /** @throws ConnectorError `invalid_config` (also for update formats that exist for input only) */
  parseConfig(config: unknown, schema: TableSchema, target?: EncoderTarget): Config;
  createEncoder(config: Config, schema: TableSchema, target?: EncoderTarget): Encoder;
  /** True when every message of such an encoder has the key of its row, so that the newest message of each key is the view. */
  keyed?(config: Config): boolean;
}
