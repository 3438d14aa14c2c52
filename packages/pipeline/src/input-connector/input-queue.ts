import type { ChangeBatch } from "@headgate/engine";
import type { ResumePoint } from "../journal/records.ts";

interface Entry {
  readonly batch: ChangeBatch;
  readonly bytes: number;
  /** When it was queued. */
  readonly at: number;
  /** Where the source continues behind the batch. */
  readonly position: ResumePoint | undefined;
}

/** What one step takes from one connector. */
export interface TakenInput {
  readonly batches: readonly ChangeBatch[];
  readonly records: number;
  readonly bytes: number;
  readonly firstQueuedAt: number;
  readonly lastQueuedAt: number;
  /** Where the source continues behind the last batch that was taken whole; undefined when it told no place. */
  readonly position: ResumePoint | undefined;
  readonly wholeBatches: number;
}

/** Parsed changes waiting for a step, in order of arrival. Its bound is soft: whoever fills it looks at `records` and `bytes`. */
export class InputQueue {
  #entries: Entry[] = [];
  #head = 0;
  #records = 0;
  #bytes = 0;

  get records(): number {
    return this.#records;
  }
  get bytes(): number {
    return this.#bytes;
  }
  /** When the oldest waiting batch was queued; undefined when empty. */
  get oldestAt(): number | undefined {
    return this.#entries[this.#head]?.at;
  }

  push(batch: ChangeBatch, bytes: number, at: number, position?: ResumePoint): void {
    this.#entries.push({ batch, bytes, at, position });
    this.#records += batch.rows.length;
    this.#bytes += bytes;
  }

  /** Takes up to `limit` records, cutting the last batch when it must; undefined when there is nothing. */
  take(limit: number): TakenInput | undefined {
    const first = this.#entries[this.#head];
    if (first === undefined) return undefined;
    const batches: ChangeBatch[] = [];
    let records = 0;
    let bytes = 0;
    let lastQueuedAt = first.at;
    let position: ResumePoint | undefined;
    let wholeBatches = 0;
    while (records < limit) {
      const entry = this.#entries[this.#head];
      if (entry === undefined) break;
      lastQueuedAt = entry.at;
      const room = limit - records;
      if (entry.batch.rows.length <= room) {
        this.#head += 1;
        position = entry.position;
        wholeBatches += 1;
        batches.push(entry.batch);
        records += entry.batch.rows.length;
        bytes += entry.bytes;
        continue;
      }
      const [now, later] = cut(entry, room);
      this.#entries[this.#head] = later;
      batches.push(now.batch);
      records += room;
      bytes += now.bytes;
    }
    if (this.#head > 1024 && this.#head * 2 > this.#entries.length) {
      this.#entries = this.#entries.slice(this.#head);
      this.#head = 0;
    } else if (this.#head === this.#entries.length) {
      this.#entries = [];
      this.#head = 0;
    }
    this.#records -= records;
    this.#bytes -= bytes;
    return { batches, records, bytes, firstQueuedAt: first.at, lastQueuedAt, position, wholeBatches };
  }
}

function cut(entry: Entry, records: number): [Entry, Entry] {
  const { rows, ops } = entry.batch;
  const bytes = Math.round((entry.bytes * records) / rows.length);
  return [
    { batch: { rows: rows.slice(0, records), ops: ops?.subarray(0, records) }, bytes, at: entry.at, position: undefined },
    {
      batch: { rows: rows.slice(records), ops: ops?.subarray(records) },
      bytes: entry.bytes - bytes,
      at: entry.at,
      position: entry.position,
    },
  ];
}
