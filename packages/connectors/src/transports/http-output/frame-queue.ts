import { abortable, ConnectorError, type Clock } from "@headgate/connector-kit";
import { encodeFrame, type FrameFormat } from "./frame.ts";

export interface QueuedFrame {
  /** Undefined: a frame without data (a heartbeat, or the end of an abandoned snapshot). */
  readonly bytes: Uint8Array | undefined;
  readonly snapshot: boolean;
}

interface QueueOptions {
  readonly format: FrameFormat;
  readonly heartbeatMs: number;
  readonly clock: Clock;
  readonly awaitingSnapshot: boolean;
}

type Reader = (result: IteratorResult<Uint8Array>) => void;

/**
 * Frames between the writer and the one reader, and the heartbeats between them. Sequence numbers are given when a frame
 * is taken; a dropped chunk uses one up, so the reader sees a gap where something is missing.
 */
export class FrameQueue implements AsyncIterator<Uint8Array> {
  readonly #options: QueueOptions;
  readonly #frames: { readonly frame: QueuedFrame; readonly droppedBefore: number }[] = [];
  #reader: Reader | undefined;
  #waiters: (() => void)[] = [];
  #sequence = 0;
  #dropped = 0;
  #droppedSinceLast = 0;
  #snapshotOpen: boolean;
  #lastWasSnapshot = false;
  /** When the reader last got something, or was last seen to be busy or within a snapshot. */
  #quietSince = 0;
  readonly #ended = new AbortController();
  #beating = false;
  #state: "open" | "ending" | "disconnected" = "open";

  constructor(options: QueueOptions) {
    this.#options = options;
    this.#snapshotOpen = options.awaitingSnapshot;
  }

  get size(): number {
    return this.#frames.length;
  }

  get dropped(): number {
    return this.#dropped;
  }

  push(frame: QueuedFrame): void {
    this.assertConnected();
    this.#frames.push({ frame, droppedBefore: this.#droppedSinceLast });
    this.#droppedSinceLast = 0;
    this.#serve();
  }

  /** Counts a chunk that the reader will not see. */
  drop(): void {
    this.#dropped += 1;
    this.#droppedSinceLast += 1;
  }

  /** Hands one frame to the reader. When it is aborted before the reader took it, the frame is withdrawn. */
  async deliver(frame: QueuedFrame, signal: AbortSignal): Promise<void> {
    this.push(frame);
    try {
      await this.room(1, signal);
    } catch (error) {
      const index = this.#frames.findIndex((queued) => queued.frame === frame);
      // Taken in the same turn as the abort: it is delivered, and repeating it would double it.
      if (index < 0 && this.#state !== "disconnected") return;
      if (index >= 0) this.#frames.splice(index, 1);
      throw error;
    }
  }

  /** Resolves when fewer than `limit` frames wait. @throws ConnectorError `fatal` when the reader goes away. */
  async room(limit: number, signal: AbortSignal): Promise<void> {
    this.assertConnected();
    while (this.#frames.length >= limit) {
      const taken = new Promise<void>((resolve) => this.#waiters.push(resolve));
      await abortable(taken, signal);
      this.assertConnected();
    }
  }

  /** Drops what waits, since the snapshot holds it, and ends a snapshot that the reader has only a part of. */
  beginSnapshot(): void {
    this.#frames.length = 0;
    this.#droppedSinceLast = 0;
    this.#snapshotOpen = true;
    if (this.#lastWasSnapshot) this.push({ bytes: undefined, snapshot: false });
    this.#wakeWriters();
  }

  endSnapshot(): void {
    this.#snapshotOpen = false;
  }

  /** No more frames come; those that wait can still be taken. */
  end(): void {
    if (this.#state === "open") this.#state = "ending";
    if (this.#frames.length === 0) this.#finish();
    this.#wakeWriters();
  }

  disconnect(): void {
    this.#state = "disconnected";
    this.#frames.length = 0;
    this.#finish();
    this.#wakeWriters();
  }

  assertConnected(): void {
    if (this.#state === "disconnected") throw new ConnectorError("fatal", "http_output: the client disconnected.");
    if (this.#state === "ending") throw new ConnectorError("fatal", "http_output: the output is closed.");
  }

  next(): Promise<IteratorResult<Uint8Array>> {
    if (this.#frames.length > 0) return Promise.resolve({ done: false, value: this.#take() });
    if (this.#state !== "open") return Promise.resolve({ done: true, value: undefined });
    if (!this.#beating) void this.#beat();
    return new Promise((resolve) => (this.#reader = resolve));
  }

  return(): Promise<IteratorResult<Uint8Array>> {
    this.disconnect();
    return Promise.resolve({ done: true, value: undefined });
  }

  #serve(): void {
    const reader = this.#reader;
    if (reader === undefined || this.#frames.length === 0) return;
    this.#reader = undefined;
    reader({ done: false, value: this.#take() });
  }

  #finish(): void {
    const reader = this.#reader;
    this.#reader = undefined;
    this.#ended.abort();
    reader?.({ done: true, value: undefined });
  }

  #take(): Uint8Array {
    const queued = this.#frames.shift();
    if (queued === undefined) throw new Error("a frame is taken only when one waits");
    this.#wakeWriters();
    this.#sequence += queued.droppedBefore;
    return this.#encode(queued.frame);
  }

  #encode(frame: QueuedFrame): Uint8Array {
    this.#lastWasSnapshot = frame.snapshot;
    this.#quietSince = this.#options.clock.now();
    const sequence = this.#sequence;
    this.#sequence += 1;
    return encodeFrame(sequence, frame.snapshot, frame.bytes, this.#options.format);
  }

  /**
   * Gives the waiting reader a heartbeat after each quiet time, but none before or within a snapshot. One timer for the
   * stream's life: a timer for each frame would cost more than the frame.
   */
  async #beat(): Promise<void> {
    const { clock, heartbeatMs } = this.#options;
    this.#beating = true;
    this.#quietSince = clock.now();
    while (!this.#ended.signal.aborted) {
      const wait = this.#quietSince + heartbeatMs - clock.now();
      if (wait > 0) {
        await clock.sleep(wait, this.#ended.signal).catch(() => undefined);
      } else if (this.#reader === undefined || this.#snapshotOpen) {
        this.#quietSince = clock.now();
      } else {
        const reader = this.#reader;
        this.#reader = undefined;
        reader({ done: false, value: this.#encode({ bytes: undefined, snapshot: false }) });
      }
    }
  }

  #wakeWriters(): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const wake of waiters) wake();
  }
}
