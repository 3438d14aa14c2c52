import { closeSync, fdatasyncSync, openSync, writeSync } from "node:fs";
import { rm } from "node:fs/promises";
import { crashPoint } from "../crash-points.ts";
import { ByteWriter } from "./byte-writer.ts";
import { frameHeadBytes, headBytes, sealFrame, segmentHead } from "./frame.ts";
import type { Held } from "./journal.ts";
import { repairSegments, segmentPath, type SegmentSequence } from "./read-segments.ts";
import { SegmentIndex } from "./segment-index.ts";
import { ioFault } from "./storage-fault.ts";

const segmentBytes = 8 * 1024 * 1024;

/** A record to write, and what it holds. */
export interface OutboxRecord {
  readonly kind: number;
  readonly held: Held;
  readonly write: (out: ByteWriter) => void;
}

/**
 * Deltas on their way to sinks, in segments like the journal's. They must be on disk before the store commits their steps, and the store
 * asks for that in the middle of a commit, so this writes and syncs at once, holding the process for as long as the disk takes.
 */
export class Outbox {
  readonly index = new SegmentIndex();
  readonly #sequence: SegmentSequence;
  #next: number;
  #current: { readonly fd: number; readonly number: number; offset: number } | undefined;

  private constructor(sequence: SegmentSequence, segments: readonly number[], next: number) {
    this.#sequence = sequence;
    this.#next = next;
    for (const number of segments) this.index.begin(number);
  }

  /** @throws PipelineError `StorageError` */
  static async open(sequence: SegmentSequence, first: number): Promise<{ readonly outbox: Outbox; readonly segments: readonly number[] }> {
    const segments = await repairSegments(sequence, first, { mayBeEmpty: true });
    return { outbox: new Outbox(sequence, segments, Math.max(first, (segments.at(-1) ?? 0) + 1)), segments };
  }

  /** The segment that the next record goes to, when there is none: nothing older is needed then. */
  get next(): number {
    return this.#next;
  }

  /** @throws PipelineError `StorageError` */
  append(records: readonly OutboxRecord[]): void {
    if (records.length === 0) return;
    const out = new ByteWriter();
    out.claim(frameHeadBytes);
    for (const { kind, write } of records) {
      const at = out.claim(5);
      write(out);
      out.setU32(at, out.length - at - 5);
      out.data[at + 4] = kind;
    }
    const path = segmentPath(this.#sequence, this.#current?.number ?? this.#next);
    try {
      const current = (this.#current ??= this.#begin());
      const frame = out.content();
      sealFrame(frame, current.number, current.offset);
      writeWhole(current.fd, frame, current.offset);
      crashPoint("outbox.written");
      fdatasyncSync(current.fd);
      crashPoint("outbox.synced");
      current.offset += frame.length;
      for (const { held } of records) this.index.holds(held.key, held.value);
      if (current.offset >= segmentBytes) this.#end();
    } catch (error) {
      throw ioFault(path, "writing undelivered changes", error);
    }
  }

  /** The oldest segment that is still needed, when each output has what `covered` says. */
  firstNeeded(covered: (key: string) => number): number {
    const first = this.index.firstNeeded(covered);
    return this.index.numbers.length === 0 ? this.#next : first;
  }

  async dropBefore(first: number): Promise<void> {
    for (const number of this.index.dropBefore(first))
      await rm(segmentPath(this.#sequence, number), { force: true }).catch(() => undefined);
  }

  close(): void {
    this.#end();
  }

  #begin(): { fd: number; number: number; offset: number } {
    const number = this.#next;
    const fd = openSync(segmentPath(this.#sequence, number), "w");
    writeWhole(fd, segmentHead(), 0);
    const directory = openSync(this.#sequence.directory, "r");
    fdatasyncSync(directory);
    closeSync(directory);
    this.#next += 1;
    this.index.begin(number);
    return { fd, number, offset: headBytes };
  }

  #end(): void {
    if (this.#current !== undefined) closeSync(this.#current.fd);
    this.#current = undefined;
  }
}

function writeWhole(fd: number, bytes: Buffer, offset: number): void {
  for (let done = 0; done < bytes.length;) done += writeSync(fd, bytes, done, bytes.length - done, offset + done);
}
