import type { Delta, Row } from "@headgate/engine";
import { bytesOf } from "./delta-size.ts";
import { rowKey } from "./row-key.ts";

/** Deltas of several steps as one: a row that was inserted and deleted meanwhile is not in it. */
export class OutputBuffer {
  readonly #entries = new Map<string, { readonly row: Row; weight: number }>();
  #batches = 0;
  #records = 0;
  #bytes = 0;
  #since: number | undefined;

  get records(): number {
    return this.#records;
  }
  get batches(): number {
    return this.#batches;
  }
  get bytes(): number {
    return this.#bytes;
  }
  /** When the first record of the present content was buffered; undefined when empty. */
  get since(): number | undefined {
    return this.#since;
  }

  add(delta: Delta, now: number): void {
    this.#since ??= now;
    this.#batches += 1;
    this.#bytes += bytesOf(delta);
    for (const [row, weight] of delta) this.#addRow(row, weight);
    if (this.#entries.size === 0) this.clear();
  }

  #addRow(row: Row, weight: number): void {
    const key = rowKey(row);
    const entry = this.#entries.get(key);
    if (entry === undefined) {
      this.#entries.set(key, { row, weight });
      this.#records += Math.abs(weight);
      return;
    }
    this.#records += Math.abs(entry.weight + weight) - Math.abs(entry.weight);
    entry.weight += weight;
    if (entry.weight === 0) this.#entries.delete(key);
  }

  /** Hands over the content and empties the buffer. */
  take(): Delta {
    const delta: Delta = Array.from(this.#entries.values(), ({ row, weight }) => [row, weight] as const);
    this.clear();
    return delta;
  }

  clear(): void {
    this.#entries.clear();
    this.#batches = 0;
    this.#records = 0;
    this.#bytes = 0;
    this.#since = undefined;
  }
}
