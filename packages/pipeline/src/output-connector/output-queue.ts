import type { Delta } from "@headgate/engine";
import { bytesOf, recordsOf } from "./delta-size.ts";

/** How far the pipeline was when a step ended. */
export interface Progress {
  readonly step: number;
  /** Input records that all steps up to this one consumed. */
  readonly inputRecords: number;
}

/** One step's change of the connector's relation; `delta` undefined: the step counts, but there is nothing to send. */
export interface OutputEntry extends Progress {
  readonly delta: Delta | undefined;
  readonly records: number;
  readonly bytes: number;
}

/** Deltas waiting for a sink, in order of steps. Neighbours with nothing to send are one entry, so an idle sink costs nothing. */
export class OutputQueue {
  #entries: OutputEntry[] = [];
  #head = 0;
  #records = 0;
  #batches = 0;
  #bytes = 0;

  get records(): number {
    return this.#records;
  }
  get batches(): number {
    return this.#batches;
  }
  get bytes(): number {
    return this.#bytes;
  }
  get empty(): boolean {
    return this.#head === this.#entries.length;
  }

  push(progress: Progress, delta: Delta | undefined): void {
    const content = delta === undefined || delta.length === 0 ? undefined : delta;
    const last = this.empty ? undefined : this.#entries.at(-1);
    if (content === undefined && last !== undefined && last.delta === undefined) {
      this.#entries[this.#entries.length - 1] = withoutDelta(progress);
      return;
    }
    const entry: OutputEntry =
      content === undefined
        ? withoutDelta(progress)
        : {
            step: progress.step,
            inputRecords: progress.inputRecords,
            delta: content,
            records: recordsOf(content),
            bytes: bytesOf(content),
          };
    this.#count(entry, 1);
    this.#entries.push(entry);
  }

  shift(): OutputEntry | undefined {
    const entry = this.#entries[this.#head];
    if (entry === undefined) return undefined;
    this.#head += 1;
    this.#count(entry, -1);
    if (this.#head === this.#entries.length || this.#head > 1024) {
      this.#entries = this.#entries.slice(this.#head);
      this.#head = 0;
    }
    return entry;
  }

  /** The deltas of steps up to `step` need not be sent (a snapshot holds them); that the steps happened stays. */
  dropThrough(step: number): void {
    let progress: Progress | undefined;
    const kept: OutputEntry[] = [];
    for (const entry of this.#entries.slice(this.#head)) {
      if (entry.step <= step) progress = entry;
      else kept.push(entry);
    }
    this.#head = 0;
    this.#records = this.#batches = this.#bytes = 0;
    this.#entries = progress === undefined ? kept : [withoutDelta(progress), ...kept];
    for (const entry of kept) this.#count(entry, 1);
  }

  /** Puts back that a step happened, before everything else. */
  unshift(progress: Progress): void {
    this.#entries = [withoutDelta(progress), ...this.#entries.slice(this.#head)];
    this.#head = 0;
  }

  #count(entry: OutputEntry, sign: 1 | -1): void {
    if (entry.delta === undefined) return;
    this.#records += sign * entry.records;
    this.#bytes += sign * entry.bytes;
    this.#batches += sign;
  }
}

const withoutDelta = ({ step, inputRecords }: Progress): OutputEntry => ({ step, inputRecords, delta: undefined, records: 0, bytes: 0 });
