import type { EncodedChunk, TableSchema } from "./format.ts";

export interface OutputContext {
  readonly endpointName: string;
  readonly schema: TableSchema;
  /**
   * Set when the runtime resets the sink right after opening it: what an earlier run left stays readable until the
   * snapshot is committed. Otherwise a sink whose content belongs to one run (file_output) is emptied when it is opened.
   */
  readonly keepContent?: boolean;
  /**
   * What {@link OutputTransport.position} told an earlier run: what the sink holds behind that place was never acknowledged and
   * comes again, so `open` removes it. `open` throws {@link SinkPositionLost} when the sink does not reach so far any more.
   */
  readonly resumeAt?: SinkPosition;
  /** The format gives each message the key of its row (a sink that takes messages may then be reset). */
  readonly keyed?: boolean;
}

/** A place in a sink's content, as JSON carries it. */
export type SinkPosition = number | string | { readonly [key: string]: SinkPosition };

/**
 * A sink. One output connector owns it; calls never overlap. Invariant 2: chunks arrive whole and in order.
 *
 * A promise that resolves means that the sink has the data (it is acknowledged). After a `retryable` error the runtime calls
 * the same method again with the same chunk: an implementation leaves no part of a failed write behind.
 */
export interface OutputTransport {
  /** @throws ConnectorError `invalid_config` or `fatal`: the pipeline does not start. */
  open(signal: AbortSignal): Promise<void>;
  /** A sink that has `flush` may resolve as soon as it takes care of the chunk. */
  write(chunk: EncodedChunk, signal: AbortSignal): Promise<void>;
  /** Called after the last chunk of a step (for a snapshot, `commit` is): the step is acknowledged, and visible to readers, when it resolves. */
  flush?(signal: AbortSignal): Promise<void>;
  /**
   * The place behind everything that was acknowledged and is no snapshot on its way. A sink that has it can be brought back there,
   * and so holds every step exactly once, also after a crash; the others are at-least-once.
   */
  position?(): SinkPosition;
  /**
   * Makes what was acknowledged before the call outlive the machine's crash. May be called while a write or a reset is under way.
   * @throws any error: nothing is known
   */
  sync?(): Promise<void>;
  /** Present when the sink can replace its content by a snapshot; without it reset is not supported. */
  readonly reset?: SinkReset;
  /** Called once, also after errors. Never throws. */
  close(): Promise<void>;
}

/**
 * Replacing a sink's content: `begin`, then `write` for each chunk of the snapshot, then `commit`. Until `commit` resolves,
 * readers see the old content (or, for a stream, a snapshot that is marked as one). `begin` while one is open abandons the open one.
 */
export interface SinkReset {
  begin(signal: AbortSignal): Promise<void>;
  commit(signal: AbortSignal): Promise<void>;
}

export interface OutputTransportDefinition<Config = unknown> {
  /** As in the connector's JSON: "file_output". */
  readonly name: string;
  /** "required": encoded bytes are written; "optional": works without a format (null_output). */
  readonly format: "required" | "optional";
  parseConfig(config: unknown): Config;
  /** What only one connector may write to, such as a file's path: two that name the same one would write over each other. */
  destination?(config: Config): string;
  /** The topic of a sink that takes messages; absent for one that takes bytes. */
  topic?(config: Config): string;
  create(config: Config, context: OutputContext): OutputTransport;
}
