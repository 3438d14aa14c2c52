import type { InputTransport, InputPosition, Parser } from "@headgate/connector-kit";
import type { ChangeBatch } from "@headgate/engine";
import type { ResumePoint } from "../journal/records.ts";

/** A batch to queue, and where the source continues behind it. */
export interface PlacedBatch {
  readonly batch: ChangeBatch;
  readonly bytes: number;
  readonly position: ResumePoint | undefined;
}

/**
 * Knows where a source would have to be read on to get exactly what follows the last batch: at a place of its transport, after passing over
 * some rows. Where a parser can be started afresh the place moves on; where it cannot, the rows since the place are counted.
 */
export class SourcePlace {
  readonly #transport: InputTransport;
  readonly #parser: Parser | undefined;
  #anchor: InputPosition | undefined;
  #rows = 0;
  #skip: number;
  /** Bytes that were pushed into the parser, and are not behind a batch. */
  #held = 0;
  #begun = false;
  #apart = false;

  constructor(transport: InputTransport, parser: Parser | undefined, skip: number) {
    this.#transport = transport;
    this.#parser = parser;
    this.#skip = skip;
  }

  /** True while rows come that an earlier run has queued. */
  get skipping(): boolean {
    return this.#skip > 0;
  }

  /** Called before each read. The first time the transport is at its beginning, which is told if it is a place. */
  beforeRead(): InputPosition | undefined {
    if (this.#begun) return undefined;
    this.#begun = true;
    return (this.#anchor = this.#transport.position?.(0));
  }

  /** `apart`: whole messages, each a stream of its own, so that the transport can tell where a batch stands by bytes alone. */
  pushed(bytes: number, apart = false): void {
    this.#held += bytes;
    this.#apart = apart;
  }

  /** The part of a batch that is new; undefined when there is none. */
  take(batch: ChangeBatch, bytes: number): PlacedBatch | undefined {
    const count = batch.rows.length;
    if (this.#parser !== undefined) this.#held -= bytes;
    this.#rows += count;
    const restartable = this.#apart || this.#parser === undefined || this.#parser.restartable?.() === true;
    const place = restartable ? this.#transport.position?.(this.#held) : undefined;
    if (place !== undefined) {
      this.#anchor = place;
      this.#rows = 0;
    }
    const position = this.#anchor === undefined ? undefined : { at: this.#anchor, skip: this.#rows };
    if (this.#skip === 0) return { batch, bytes, position };
    const passed = Math.min(this.#skip, count);
    this.#skip -= passed;
    if (passed === count) return undefined;
    const part = { rows: batch.rows.slice(passed), ops: batch.ops?.subarray(passed) };
    return { batch: part, bytes: Math.round((bytes * (count - passed)) / count), position };
  }
}
