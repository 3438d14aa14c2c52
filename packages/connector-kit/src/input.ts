import type { ChangeBatch } from "@headgate/engine";
import type { TableSchema } from "./format.ts";

/** What the runtime gives a transport when it creates it. */
export interface InputContext {
  readonly endpointName: string;
  /** Schema of the table it feeds (datagen needs it; byte transports ignore it). */
  readonly schema: TableSchema;
  /** A folder of the connector's own for scratch files; removed when the pipeline stops. */
  readonly scratchDirectory: string;
  /** What {@link InputTransport.position} told an earlier run: the source is read from there, not from its beginning. */
  readonly resumeAt?: InputPosition;
}

/** A place in a source, as JSON carries it. */
export type InputPosition = number | string | boolean | null | readonly InputPosition[] | { readonly [key: string]: InputPosition };

/** One message of a source that keeps them apart and knows where each one stands. Its bytes never change. */
export interface InputMessage {
  readonly key: Uint8Array | null;
  /** Null is a tombstone: the key is no more. */
  readonly value: Uint8Array | null;
  /** Where it stands, for the error that it may give: `topic "t", partition 0, offset 42`. */
  readonly place: string;
  /** What `CONNECTOR_METADATA()` is for its rows, as parsed JSON; undefined when the connector is not asked for any. */
  readonly metadata: MessageMetadata | undefined;
}

/** Names and values of a message's metadata. A map's values are bytes. */
export type MessageMetadata = Readonly<Record<string, string | number | bigint | ReadonlyMap<string, Uint8Array | null>>>;

/** What one `read` gave. Byte transports give bytes for the parser; integrated ones (datagen) give changes. */
export type InputChunk =
  | { readonly kind: "bytes"; readonly bytes: Uint8Array }
  /** A whole message: the parser is flushed after it. */
  | { readonly kind: "message"; readonly bytes: Uint8Array }
  /** Whole messages, in order; none at all says that the source is reached again. Their bytes are counted by `messageBytes`. */
  | { readonly kind: "messages"; readonly messages: readonly InputMessage[] }
  /** `bytes`: size by the published accounting (datagen: 8 for an INTEGER column), for back-pressure and metrics. */
  | { readonly kind: "changes"; readonly batch: ChangeBatch; readonly bytes: number };

/**
 * A source. The runtime opens it once the pipeline initialises, then pulls: while the connector is paused or its queue is
 * full, `read` is simply not called. Calls never overlap.
 */
export interface InputTransport {
  /**
   * Connects. @throws ConnectorError `invalid_config` or `fatal`: the pipeline does not start; `retryable`: tried again
   * with back-off.
   */
  open(signal: AbortSignal): Promise<void>;
  /**
   * The next piece, at most a few hundred KiB or a few thousand rows; `undefined` at end of input (not called again after it).
   * Blocks until there is data. When `signal` aborts (pause, stop) it must settle promptly, by rejecting with the signal's
   * reason, and must lose nothing: the next `read` continues where this one would have.
   */
  read(signal: AbortSignal): Promise<InputChunk | undefined>;
  /**
   * The place in the source behind everything handed on but the last `held` bytes (0 for a transport that gives changes). A later run
   * that is given it as `resumeAt` reads exactly the rest. Asked between reads only. Undefined: there is no such place now. A transport
   * without it is read from its beginning by the next run, so its rows come at least once. A transport of messages gives no place in the middle of
   * one, and needs no parser to tell where messages end.
   *
   * `open` throws ConnectorError `invalid_config` when the source does not reach to `resumeAt`, or is another one.
   */
  position?(held: number): InputPosition | undefined;
  /** Called once, also after errors. Never throws. */
  close(): Promise<void>;
}

export interface InputTransportDefinition<Config = unknown> {
  /** As in the connector's JSON: "file_input". */
  readonly name: string;
  /** "required": gives bytes; "none": gives changes and refuses a format. */
  readonly format: "required" | "none";
  /** @throws ConnectorError `invalid_config` naming the field, what was expected and what was given. */
  parseConfig(config: unknown): Config;
  create(config: Config, context: InputContext): InputTransport;
}
