import { ConnectorError, systemClock, type Clock, type EncodedChunk, type OutputTransport, type SinkReset } from "@headgate/connector-kit";
import { FrameQueue } from "./frame-queue.ts";

export interface HttpOutputOptions {
  /** json: chunks hold a JSON array. csv: chunks hold text. */
  readonly format: "json" | "csv";
  /** True: a write waits until the reader took its chunk. False: chunks are dropped when the reader is slow. */
  readonly backpressure: boolean;
  /** A snapshot comes first: until it is complete there is no heartbeat. */
  readonly sendSnapshot?: boolean;
  readonly heartbeatMs?: number;
  readonly clock?: Clock;
}

/** One reader's stream of changes. */
export interface HttpOutput {
  readonly transport: OutputTransport;
  /**
   * The response body: one element is one JSON object and a line end. Iterate it once; returning early (or a reader that goes
   * away) ends the transport. It ends when the transport is closed and everything has been taken.
   */
  readonly frames: AsyncIterable<Uint8Array>;
  /** Chunks thrown away because the reader was slow. */
  readonly droppedChunks: () => number;
  /** Tells the transport that the reader is gone, for whoever learns it otherwise than by the iterator's end. */
  readonly disconnect: () => void;
}

const maxBufferedChunks = 100;

/** Makes the sink behind one egress request. */
export function createHttpOutput(options: HttpOutputOptions): HttpOutput {
  const { format, backpressure, sendSnapshot = false, heartbeatMs = 3000, clock = systemClock } = options;
  const queue = new FrameQueue({ format, heartbeatMs, clock, awaitingSnapshot: sendSnapshot });
  const transport = new HttpOutputTransport(queue, backpressure);
  return {
    transport,
    frames: { [Symbol.asyncIterator]: () => queue },
    droppedChunks: () => queue.dropped,
    disconnect: () => queue.disconnect(),
  };
}

class HttpOutputTransport implements OutputTransport {
  readonly reset: SinkReset = { begin: (signal) => this.#begin(signal), commit: (signal) => this.#commit(signal) };
  readonly #queue: FrameQueue;
  readonly #backpressure: boolean;
  #snapshot: "none" | "empty" | "filled" = "none";

  constructor(queue: FrameQueue, backpressure: boolean) {
    this.#queue = queue;
    this.#backpressure = backpressure;
  }

  async open(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
  }

  async write(chunk: EncodedChunk, signal: AbortSignal): Promise<void> {
    this.#check(signal);
    const snapshot = this.#snapshot !== "none";
    if (this.#backpressure) {
      await this.#queue.deliver({ bytes: chunk.bytes, snapshot }, signal);
    } else if (snapshot) {
      // A snapshot with holes is none: it waits for room where deltas are dropped.
      await this.#queue.room(maxBufferedChunks, signal);
      this.#queue.push({ bytes: chunk.bytes, snapshot });
    } else if (this.#queue.size < maxBufferedChunks) {
      this.#queue.push({ bytes: chunk.bytes, snapshot });
    } else {
      this.#queue.drop();
    }
    if (snapshot) this.#snapshot = "filled";
  }

  async close(): Promise<void> {
    this.#queue.end();
  }

  async #begin(signal: AbortSignal): Promise<void> {
    this.#check(signal);
    this.#snapshot = "empty";
    this.#queue.beginSnapshot();
  }

  async #commit(signal: AbortSignal): Promise<void> {
    this.#check(signal);
    if (this.#snapshot === "none") throw new ConnectorError("fatal", "http_output: no snapshot is open.");
    // The reader learns of an empty snapshot too.
    if (this.#snapshot === "empty") this.#queue.push({ bytes: new Uint8Array(0), snapshot: true });
    this.#snapshot = "filled";
    // Invariant 5: the reset is complete when the reader took the last record, not when it was queued.
    await this.#queue.room(1, signal);
    this.#queue.endSnapshot();
    this.#snapshot = "none";
  }

  #check(signal: AbortSignal): void {
    signal.throwIfAborted();
    this.#queue.assertConnected();
  }
}
