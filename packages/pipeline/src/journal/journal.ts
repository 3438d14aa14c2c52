import { constants } from "node:fs";
import { open, rm, type FileHandle } from "node:fs/promises";
import { crashPoint } from "../crash-points.ts";
import { ByteWriter } from "./byte-writer.ts";
import { frameHeadBytes, headBytes, sealFrame, segmentHead } from "./frame.ts";
import { repairSegments, segmentPath, type SegmentSequence } from "./read-segments.ts";
import { SegmentIndex } from "./segment-index.ts";
import { ioFault } from "./storage-fault.ts";

/** What a record holds of a key, for the day when it is not needed any more: see SegmentIndex. */
export interface Held {
  readonly key: string;
  readonly value: number;
}

interface Waiter {
  readonly position: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Records held in memory before they are written without anybody waiting for them. */
const eagerBytes = 1024 * 1024;
/** A segment that is this large is closed at the next chance. */
const defaultSegmentBytes = 16 * 1024 * 1024;

/**
 * On Linux a write that returns is on disk: one call, which runs beside the step that is being computed. A sync after it would only
 * begin when the event loop is free again.
 */
const writesAreSynced = process.platform === "linux";
const segmentFlags = writesAreSynced ? constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_DSYNC : "w";

/**
 * An append-only sequence of records in segment files. Appending only gathers; one synced write then covers everything that was
 * gathered, for all who wait. After the first failed write it takes nothing any more: what stands behind it in the file is unknown.
 */
export class Journal {
  readonly index = new SegmentIndex();
  readonly #sequence: SegmentSequence;
  readonly #segmentBytes: number;
  #file: FileHandle | undefined;
  #number: number;
  #offset = 0;
  #gathered = new ByteWriter();
  #spare = new ByteWriter();
  #holds: Held[] = [];
  #appended = 0;
  #synced = 0;
  #waiters: Waiter[] = [];
  #flushing: Promise<void> | undefined;
  #rotate = false;
  #failure: Error | undefined;
  #syncs = 0;

  private constructor(sequence: SegmentSequence, number: number, segmentBytes: number) {
    this.#sequence = sequence;
    this.#number = number;
    this.#segmentBytes = segmentBytes;
    this.#begin();
  }

  /**
   * Opens the sequence for appending, behind what is there; `first` is the oldest segment that is needed. Appends go to a fresh segment.
   *
   * @throws PipelineError `StorageError` when a segment is missing, damaged or of another version
   */
  static async open(
    sequence: SegmentSequence,
    first: number,
    options: { readonly segmentBytes?: number } = {},
  ): Promise<{ readonly journal: Journal; readonly segments: readonly number[] }> {
    const segments = await repairSegments(sequence, first);
    const journal = new Journal(sequence, (segments.at(-1) ?? first - 1) + 1, options.segmentBytes ?? defaultSegmentBytes);
    for (const number of segments) journal.index.begin(number);
    await journal.#openSegment();
    return { journal, segments };
  }

  /** Records appended so far: a position to wait for. */
  get appended(): number {
    return this.#appended;
  }
  /** Bytes appended since the last segment was begun. */
  get bytes(): number {
    return this.#offset + this.#gathered.length;
  }
  get syncs(): number {
    return this.#syncs;
  }

  /** Gathers a record. It is durable only when {@link synced} says so. @throws what made the journal fail */
  append(kind: number, write: (out: ByteWriter) => void, held?: Held): number {
    if (this.#failure !== undefined) throw this.#failure;
    const out = this.#gathered;
    const at = out.claim(5);
    write(out);
    out.setU32(at, out.length - at - 5);
    out.data[at + 4] = kind;
    if (held !== undefined) this.#holds.push(held);
    this.#appended += 1;
    if (out.length >= eagerBytes) void this.#flush();
    return this.#appended;
  }

  /** Resolves when everything up to `position` is on disk. @throws PipelineError `StorageError` */
  synced(position: number = this.#appended): Promise<void> {
    if (this.#synced >= position) return Promise.resolve();
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    const done = new Promise<void>((resolve, reject) => {
      this.#waiters.push({ position, resolve, reject });
    });
    void this.#flush();
    return done;
  }

  /** Later records go to a new segment. */
  async rotate(): Promise<void> {
    await this.synced();
    this.#rotate = true;
    while (this.#rotate && this.#failure === undefined) await this.#flush();
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Removes the segments before `first`. Files that cannot be removed now are ignored by every later run. */
  async dropBefore(first: number): Promise<void> {
    for (const number of this.index.dropBefore(first))
      await rm(segmentPath(this.#sequence, number), { force: true }).catch(() => undefined);
  }

  /** Writes what is gathered. Never throws. */
  async close(): Promise<void> {
    await this.synced().catch(() => undefined);
    await this.#flushing;
    const file = this.#file;
    this.#file = undefined;
    await file?.close().catch(() => undefined);
  }

  #begin(): void {
    this.#gathered.claim(frameHeadBytes);
  }
  get #empty(): boolean {
    return this.#gathered.length === frameHeadBytes;
  }

  #flush(): Promise<void> {
    this.#flushing ??= this.#flushAll().finally(() => {
      this.#flushing = undefined;
      // Whoever came when the last round was over already, and this was not yet known.
      if (this.#waiters.length > 0 && this.#failure === undefined) void this.#flush();
    });
    return this.#flushing;
  }

  async #flushAll(): Promise<void> {
    try {
      // Whoever appends in this turn of the event loop comes along.
      await Promise.resolve();
      while (!this.#empty || this.#rotate) {
        if (this.#rotate || this.#offset >= this.#segmentBytes) await this.#nextSegment();
        if (!this.#empty) await this.#writeFrame();
        if (this.#waiters.length === 0 && this.#gathered.length < eagerBytes && !this.#rotate) break;
      }
    } catch (error) {
      this.#failure = error instanceof Error ? error : new Error(String(error));
      for (const waiter of this.#waiters.splice(0)) waiter.reject(error);
    }
  }

  async #writeFrame(): Promise<void> {
    const frame = this.#gathered;
    const holds = this.#holds;
    const position = this.#appended;
    this.#gathered = this.#spare;
    this.#spare = frame;
    this.#holds = [];
    this.#begin();
    const bytes = frame.content();
    sealFrame(bytes, this.#number, this.#offset);
    crashPoint("journal.before-write");
    await this.#write(bytes);
    for (const { key, value } of holds) this.index.holds(key, value);
    frame.clear();
    this.#synced = position;
    crashPoint("journal.synced");
    const waiting = this.#waiters;
    this.#waiters = [];
    for (const waiter of waiting) {
      if (waiter.position <= position) waiter.resolve();
      else this.#waiters.push(waiter);
    }
  }

  async #write(bytes: Buffer): Promise<void> {
    const file = this.#file;
    if (file === undefined) throw ioFault(segmentPath(this.#sequence, this.#number), "writing", new Error("the journal is closed"));
    try {
      for (let done = 0; done < bytes.length;) {
        const { bytesWritten } = await file.write(bytes, done, bytes.length - done, this.#offset + done);
        if (bytesWritten === 0) throw new Error("the file system wrote nothing and gave no reason");
        done += bytesWritten;
      }
      crashPoint("journal.written");
      if (!writesAreSynced) await file.datasync();
    } catch (error) {
      throw ioFault(segmentPath(this.#sequence, this.#number), "writing to the journal", error);
    }
    this.#offset += bytes.length;
    this.#syncs += 1;
  }

  async #nextSegment(): Promise<void> {
    this.#rotate = false;
    if (this.#offset <= headBytes) return;
    await this.#file?.close();
    this.#file = undefined;
    this.#number += 1;
    await this.#openSegment();
    crashPoint("journal.rotated");
  }

  async #openSegment(): Promise<void> {
    const path = segmentPath(this.#sequence, this.#number);
    try {
      const file = await open(path, segmentFlags);
      this.#file = file;
      const head = segmentHead();
      await file.write(head, 0, head.length, 0);
      if (!writesAreSynced) await file.datasync();
      // The name too must outlive a crash of the machine.
      const directory = await open(this.#sequence.directory, "r");
      await directory.sync().finally(() => directory.close());
    } catch (error) {
      throw ioFault(path, "beginning a journal segment", error);
    }
    this.#offset = headBytes;
    this.index.begin(this.#number);
  }
}
