import { ConnectorError, type EncodedChunk, type Encoder, type OutputTransport } from "@headgate/connector-kit";
import type { Delta } from "@headgate/engine";
import { backoffMilliseconds } from "../async/backoff.ts";
import type { Clock } from "../async/clock.ts";
import { ConnectorErrors } from "../connector-errors.ts";
import { messageOf } from "../errors.ts";
import type { Log } from "../log.ts";
import type { ConnectorHealth } from "../socket/protocol.ts";
import { chunkBytes, recordsOf } from "./delta-size.ts";

/** What a writer works on. */
export interface SinkWriterOptions {
  readonly name: string;
  readonly transport: OutputTransport;
  /** Undefined: the sink takes no bytes, only counts. */
  readonly encoder: Encoder | undefined;
  readonly clock: Clock;
  readonly log: Log;
  readonly scrub: (text: string) => string;
  /** The sink refused, and is tried again. */
  readonly onRefused: (message: string) => void;
}

const nothing = new Uint8Array(0);

/** Encodes deltas and writes them to a sink, again and again where it refuses for a time; counts what went and what failed. */
export class SinkWriter {
  readonly encodeErrors: ConnectorErrors;
  readonly transportErrors: ConnectorErrors;
  readonly #options: SinkWriterOptions;
  #transmittedRecords = 0;
  #transmittedBytes = 0;
  #health: ConnectorHealth | null = null;
  /** The encoder has what it needs from outside. */
  #prepared = false;

  constructor(options: SinkWriterOptions) {
    this.#options = options;
    this.encodeErrors = new ConnectorErrors(options.clock, options.scrub);
    this.transportErrors = new ConnectorErrors(options.clock, options.scrub);
  }

  get transmittedRecords(): number {
    return this.#transmittedRecords;
  }
  get transmittedBytes(): number {
    return this.#transmittedBytes;
  }
  get health(): ConnectorHealth | null {
    return this.#health;
  }

  /** Continues the counts of an earlier run. */
  restore({ transmittedBytes, transmittedRecords }: { readonly transmittedRecords: number; readonly transmittedBytes: number }): void {
    this.#transmittedRecords = transmittedRecords;
    this.#transmittedBytes = transmittedBytes;
  }

  /** Notes the error that ends the sink's use, and gives its message. */
  failed(error: unknown): string {
    this.#health = null;
    return this.transportErrors.add(messageOf(error), error instanceof ConnectorError ? error.tag : undefined).message;
  }

  /** Encodes and writes; each piece is tried `attempts` times at most. @throws what the sink throws at last */
  async send(delta: Delta, signal: AbortSignal, attempts: number): Promise<void> {
    const { encoder } = this.#options;
    if (encoder === undefined) {
      await this.#write({ bytes: nothing, records: recordsOf(delta) }, signal, attempts);
      return;
    }
    if (!this.#prepared) {
      await this.attempt(() => encoder.prepare?.(signal), signal, attempts);
      this.#prepared = true;
    }
    for (const piece of encoder.encode(delta)) {
      if ("message" in piece) this.encodeErrors.add(piece.message, "encode");
      else await this.#write(piece, signal, attempts);
    }
  }

  async #write(chunk: EncodedChunk, signal: AbortSignal, attempts: number): Promise<void> {
    await this.attempt(() => this.#options.transport.write(chunk, signal), signal, attempts);
    this.#transmittedRecords += chunk.records;
    this.#transmittedBytes += chunkBytes(chunk);
  }

  /** Repeats after retryable errors with capped back-off, at most `attempts` times. */
  async attempt(operation: () => Promise<void> | undefined, signal: AbortSignal, attempts: number): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      signal.throwIfAborted();
      try {
        await operation();
        if (this.#health !== null) this.#health = null;
        return;
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof ConnectorError) || error.code !== "retryable") throw error;
        this.#noteRefusal(error, attempt);
        if (attempt >= attempts) throw error;
        await this.#options.clock.sleep(backoffMilliseconds(attempt - 1), signal);
      }
    }
  }

  #noteRefusal(error: ConnectorError, attempt: number): void {
    const { log, name, onRefused } = this.#options;
    const entry = this.transportErrors.add(error.message, error.tag);
    this.#health = { status: "Unhealthy", description: entry.message };
    onRefused(entry.message);
    if (attempt === 1) log.warn(`output connector ${name}: ${entry.message}; trying again`);
  }
}
