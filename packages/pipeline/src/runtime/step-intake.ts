import type { ChangeBatch } from "@headgate/engine";
import type { Consumed, InputConnector } from "../input-connector/input-connector.ts";
import type { TakenInput } from "../input-connector/input-queue.ts";
import type { Piece } from "./completion-tracker.ts";
import { StepSize } from "./step-size.ts";

/** The endpoint that ad-hoc INSERTs have in the journal. */
export const adHocEndpoint = "";

/** Rows of an ad-hoc INSERT that wait for a step. */
export interface Insert {
  readonly table: string;
  readonly batch: ChangeBatch;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** One step's share of each queue. */
export type Takes = readonly (readonly [endpoint: string, records: number])[];

/** What a step takes. */
export interface Intake {
  /** By table, in order. */
  readonly changes: Map<string, ChangeBatch[]>;
  readonly records: number;
  readonly bytes: number;
  readonly takes: Takes;
  readonly pieces: readonly Omit<Piece, "processedAt">[];
  /** Inputs whose queue is empty now. */
  readonly drained: readonly InputConnector[];
  readonly inserts: readonly Insert[];
  /** How inputs were before. */
  readonly before: ReadonlyMap<string, Consumed>;
}

export interface StepIntakeOptions {
  readonly inputs: ReadonlyMap<string, InputConnector>;
  readonly workers: number;
  readonly minBatchSizeRecords: number;
}

const recordsPerWorker = 10_000;
/** Records that may wait behind a step that is being done, as a number of steps. */
const stepsAhead = 2;

/** The rows that wait for a step, and how many of them one step takes. */
export class StepIntake {
  readonly #options: StepIntakeOptions;
  readonly #size: StepSize;
  readonly #inserts: Insert[] = [];
  #insertedRecords = 0;
  #consumedInserts = 0;

  constructor(options: StepIntakeOptions) {
    this.#options = options;
    this.#size = new StepSize(recordsPerWorker * options.workers);
  }

  /** Records of ad-hoc INSERTs, and those of them that steps took. */
  get insertedRecords(): number {
    return this.#insertedRecords;
  }
  get consumedInserts(): number {
    return this.#consumedInserts;
  }
  /** Records beyond which whoever can wait should: what is queued then keeps steps busy, and more would only be late. */
  get enough(): number {
    return Math.max(this.#size.records * stepsAhead, this.#options.minBatchSizeRecords);
  }

  restore(insertedRecords: number): void {
    this.#insertedRecords = this.#consumedInserts = insertedRecords;
  }

  /** Queues an INSERT; gives the count of such records up to and with these. */
  insert(insert: Insert): number {
    this.#insertedRecords += insert.batch.rows.length;
    this.#inserts.push(insert);
    return this.#insertedRecords;
  }

  /** Gives up the INSERTs that wait. */
  rejectInserts(error: () => Error): void {
    for (const insert of this.#inserts.splice(0)) insert.reject(error());
  }

  /** What waits: its records, and since when the oldest of them. */
  waiting(): { readonly inserts: boolean; readonly records: number; readonly oldest: number } {
    let records = 0;
    let oldest = Infinity;
    for (const input of this.#options.inputs.values()) {
      records += input.bufferedRecords;
      oldest = Math.min(oldest, input.oldestQueuedAt ?? Infinity);
    }
    return { inserts: this.#inserts.length > 0, records, oldest };
  }

  /** A step of so many records took so long. */
  measured(records: number, milliseconds: number): void {
    this.#size.add(records, milliseconds);
  }

  take(step: number): Intake {
    const { inputs, workers } = this.#options;
    const taken = new Taking();
    const waiting = [...inputs.values()].filter((input) => input.bufferedRecords > 0);
    const share = Math.ceil(this.#size.records / waiting.length);
    for (const input of waiting) {
      const { max_batch_size: maximum, max_worker_batch_size: perWorker } = input.config;
      taken.from(input, maximum ?? (perWorker === null ? share : perWorker * workers), step);
      if (input.bufferedRecords === 0) taken.drained.push(input);
    }
    this.#takeInserts(taken, Infinity);
    return taken;
  }

  /** What a step took when it was done first. Rows of tables that the program changed are gone. */
  takeAgain(takes: Takes, queues: ReadonlyMap<string, InputConnector>, step: number): Intake {
    const taken = new Taking();
    for (const [endpoint, records] of takes) {
      const input = endpoint === adHocEndpoint ? undefined : queues.get(endpoint);
      if (input !== undefined) taken.from(input, records, step);
    }
    this.#takeInserts(taken, takes.find(([endpoint]) => endpoint === adHocEndpoint)?.[1] ?? 0);
    return taken;
  }

  #takeInserts(taken: Taking, wanted: number): void {
    let records = 0;
    for (let next = this.#inserts[0]; next !== undefined && records < wanted; next = this.#inserts[0]) {
      this.#inserts.shift();
      taken.insert(next);
      records += next.batch.rows.length;
    }
    this.#consumedInserts += records;
    if (records > 0) taken.takes.push([adHocEndpoint, records]);
  }
}

class Taking implements Intake {
  readonly changes = new Map<string, ChangeBatch[]>();
  records = 0;
  bytes = 0;
  readonly takes: (readonly [endpoint: string, records: number])[] = [];
  readonly pieces: Omit<Piece, "processedAt">[] = [];
  readonly drained: InputConnector[] = [];
  readonly inserts: Insert[] = [];
  readonly before = new Map<string, Consumed>();

  from(input: InputConnector, limit: number, step: number): void {
    const { consumed } = input;
    const piece = input.take(limit, step);
    if (piece === undefined) return;
    this.before.set(input.name, consumed);
    for (const batch of piece.batches) this.#changesOf(input.config.stream).push(batch);
    this.records += piece.records;
    this.bytes += piece.bytes;
    this.takes.push([input.name, piece.records]);
    this.pieces.push(pieceOf(input, piece));
  }

  insert(insert: Insert): void {
    this.inserts.push(insert);
    this.#changesOf(insert.table).push(insert.batch);
    this.records += insert.batch.rows.length;
  }

  #changesOf(table: string): ChangeBatch[] {
    const list = this.changes.get(table);
    if (list !== undefined) return list;
    const fresh: ChangeBatch[] = [];
    this.changes.set(table, fresh);
    return fresh;
  }
}

const pieceOf = (input: InputConnector, { firstQueuedAt, lastQueuedAt }: TakenInput): Omit<Piece, "processedAt"> => ({
  firstQueuedAt,
  ingestedAt: lastQueuedAt,
  completed: (done) => {
    input.completed(done);
  },
});
