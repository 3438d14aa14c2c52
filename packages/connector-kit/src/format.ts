import type { ChangeBatch, Delta, Field } from "@headgate/engine";

/** The shape of a table or view as a format sees it. */
export interface TableSchema {
  readonly name: string;
  readonly fields: readonly Field[];
  /** Canonical column names; undefined without a primary key. */
  readonly primaryKey: readonly string[] | undefined;
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
 */
export interface Parser {
  push(bytes: Uint8Array): ParsedBatches;
  /** End of input (or of a message): whatever is still held becomes rows or errors. The parser may be pushed again after it. */
  finish(): ParsedBatches;
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

/** A piece of encoded output: whole records only. */
export interface EncodedChunk {
  readonly bytes: Uint8Array;
  readonly records: number;
}

/** One change that could not be encoded; the others are. */
export interface EncodeError {
  readonly message: string;
}

export interface Encoder {
  /** Encodes a step's delta, or a piece of a snapshot (all weights positive), in chunks of at most the format's buffer size. */
  encode(delta: Delta): Iterable<EncodedChunk | EncodeError>;
}

export interface OutputFormatDefinition<Config = unknown> {
  readonly name: string;
  /** @throws ConnectorError `invalid_config` (also for update formats that exist for input only) */
  parseConfig(config: unknown, schema: TableSchema): Config;
  createEncoder(config: Config, schema: TableSchema): Encoder;
}
