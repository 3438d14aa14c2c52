import type { Program } from "@headgate/engine";
import type { SegmentIndex } from "../journal/segment-index.ts";
import { readSegment, type SegmentSequence } from "../journal/read-segments.ts";
import {
  readBatch,
  readControl,
  readRowsHead,
  readStep,
  recordKind,
  type ControlRecord,
  type ResumePoint,
  type RowCodecs,
  type StepRecord,
} from "../journal/records.ts";
import type { QueuedRows } from "../input-connector/input-connector.ts";

/** What a journal says besides its rows. */
export interface JournalScan {
  /** The last rows that each connector queued. */
  readonly last: ReadonlyMap<string, { readonly table: string; readonly end: number; readonly position: ResumePoint | undefined }>;
  readonly controls: readonly ControlRecord[];
  readonly lastSequence: number;
}

/** Rows or a step, as they come in the journal. */
export type JournalEvent =
  | { readonly kind: "rows"; readonly endpoint: string; readonly table: string; readonly rows: QueuedRows }
  | { readonly kind: "step"; readonly step: StepRecord };

/** Reads the segments of a journal: once to know what is in it, once to do it again. */
export class JournalReader {
  readonly #sequence: SegmentSequence;
  readonly #segments: readonly number[];
  readonly #codecs: RowCodecs;
  readonly #dropped: ReadonlySet<string>;

  /** Rows of tables in `dropped`, or whose columns are others now, are passed over: the program emptied these tables. */
  constructor(sequence: SegmentSequence, segments: readonly number[], codecs: RowCodecs, dropped: ReadonlySet<string>) {
    this.#sequence = sequence;
    this.#segments = segments;
    this.#codecs = codecs;
    this.#dropped = dropped;
  }

  async scan(): Promise<JournalScan> {
    const last = new Map<string, { table: string; end: number; position: ResumePoint | undefined }>();
    const controls: ControlRecord[] = [];
    let lastSequence = 0;
    for (const number of this.#segments) {
      for (const { kind, payload } of await readSegment(this.#sequence, number)) {
        if (kind === recordKind.rows) {
          const { end, endpoint, position, shape, table } = readRowsHead(payload);
          if (this.#isCurrent(table, shape)) last.set(endpoint, { table, end, position });
        } else if (kind === recordKind.control) controls.push(readControl(payload));
        else if (kind === recordKind.step) lastSequence = Math.max(lastSequence, readStep(payload).sequence);
      }
    }
    return { last, controls, lastSequence };
  }

  /** Rows and steps in order; what they hold is noted in `index`. */
  async *events(index: SegmentIndex): AsyncGenerator<JournalEvent> {
    for (const number of this.#segments) {
      for (const { kind, payload } of await readSegment(this.#sequence, number)) {
        if (kind === recordKind.step) {
          const step = readStep(payload);
          index.holds("step", step.sequence, number);
          yield { kind: "step", step };
        } else if (kind === recordKind.rows) {
          const { bytes, end, endpoint, position, shape, table } = readRowsHead(payload);
          if (!this.#isCurrent(table, shape)) continue;
          index.holds(`in:${endpoint}`, end, number);
          const batch = readBatch(payload, this.#codecs.of(table));
          yield { kind: "rows", endpoint, table, rows: { batch, bytes, end, position } };
        }
      }
    }
  }

  #isCurrent(table: string, shape: string): boolean {
    return !this.#dropped.has(table) && this.#codecs.shapeOf(table) === shape;
  }
}

/** Tables whose content a changed program does not keep. */
export const droppedTables = (
  changed:
    | { readonly tables: { readonly modified: readonly string[]; readonly added: readonly string[]; readonly removed: readonly string[] } }
    | undefined,
): ReadonlySet<string> =>
  changed === undefined ? new Set() : new Set([...changed.tables.modified, ...changed.tables.added, ...changed.tables.removed]);

/** True when a program has a table of that name. */
export const hasTable = (program: Program, name: string): boolean => program.tables.some((table) => table.name === name);
