import type { ChangeBatch, Engine, StepInput, StepResult } from "@headgate/engine";
import type { Clock } from "../async/clock.ts";
import { Notifier } from "../async/notifier.ts";
import type { LoopState } from "../durability/durable-state.ts";
import type { Consumed, InputConnector } from "../input-connector/input-connector.ts";
import type { TakenInput } from "../input-connector/input-queue.ts";
import type { StepRecord } from "../journal/records.ts";
import type { Log } from "../log.ts";
import { DurationHistogram } from "../metrics/histogram.ts";
import type { OutputConnector } from "../output-connector/output-connector.ts";
import type { Progress } from "../output-connector/output-queue.ts";
import { PipelineError } from "../errors.ts";
import { CompletionTracker, type Piece } from "./completion-tracker.ts";

/** What the loop runs on. */
export interface StepLoopOptions {
  readonly engine: Pick<Engine, "step">;
  /** Makes steps outlive the process; absent when the pipeline has no storage. */
  readonly journal?: StepJournal | undefined;
  readonly inputs: ReadonlyMap<string, InputConnector>;
  readonly outputs: ReadonlyMap<string, OutputConnector>;
  readonly workers: number;
  readonly minBatchSizeRecords: number;
  readonly maxBufferingDelayUsecs: number;
  /** How often NOW() moves; null: never; undefined: no view reads it. */
  readonly clockMicros?: number | null | undefined;
  readonly clock: Clock;
  readonly log: Log;
  /** An input's queue just became empty: it may have finished. */
  readonly onDrained: (input: InputConnector) => void;
  /** A step is done, and its deltas are with the outputs. */
  readonly onStepDone: () => void;
}

/** The journal and the store, as steps see them. */
export interface StepJournal {
  /** Writes rows of an ad-hoc INSERT; `end` counts such records up to and with these. */
  insert(table: string, batch: ChangeBatch, end: number): void;
  /** Writes a step's marker. Resolves when it is on disk, and with it everything that the step takes. */
  begin(record: StepRecord): Promise<void>;
}

/** The endpoint that ad-hoc INSERTs have in the journal. */
export const adHocEndpoint = "";

interface Insert {
  readonly table: string;
  readonly batch: ChangeBatch;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** One step's share of each queue. */
type Takes = readonly (readonly [endpoint: string, records: number])[];

const recordsPerWorker = 10_000;
const maxAdaptiveBatch = 1_000_000;
const stallReportMilliseconds = 10_000;

/**
 * Runs one step at a time on what is queued, and hands every output its delta. It also runs in a paused pipeline, to drain what was
 * buffered before the pause.
 */
export class StepLoop {
  readonly durations = new DurationHistogram();
  readonly #options: StepLoopOptions;
  readonly #wake = new Notifier();
  readonly #stepDone = new Notifier();
  readonly #tracker = new CompletionTracker();
  readonly #inserts: Insert[] = [];
  readonly #stop = new AbortController();
  #batchCap: number;
  #initiated: Progress = { step: 0, inputRecords: 0 };
  #processed: Progress = { step: 0, inputRecords: 0 };
  #processedBytes = 0;
  #bytesUnderWay = 0;
  #sequence = 0;
  #consumedInserts = 0;
  #before: LoopHistory = { loop: startState, inputs: new Map() };
  #failure: { readonly error: unknown } | undefined;
  #now: bigint | undefined;
  #busyMilliseconds = 0;
  #insertedRecords = 0;
  #stallMilliseconds = 0;
  #stalledSince: number | undefined;

  constructor(options: StepLoopOptions) {
    this.#options = options;
    this.#batchCap = recordsPerWorker * options.workers;
  }

  /** The last step begun, and the input records up to its end. */
  get initiated(): Progress {
    return this.#initiated;
  }
  /** The last step that the engine has done. */
  get processed(): Progress {
    return this.#processed;
  }
  /** The last step that every output has delivered: never ahead of `processed`. */
  get completed(): Progress {
    let least = this.#processed;
    for (const { processed } of this.#options.outputs.values()) if (processed.step < least.step) least = processed;
    return least;
  }
  get processedBytes(): number {
    return this.#processedBytes;
  }
  /** Time spent in steps. */
  get busyMilliseconds(): number {
    return this.#busyMilliseconds;
  }
  /** Records of ad-hoc INSERTs. */
  get insertedRecords(): number {
    return this.#insertedRecords;
  }
  get stallMilliseconds(): number {
    return this.#stallMilliseconds + (this.#stalledSince === undefined ? 0 : this.#options.clock.now() - this.#stalledSince);
  }

  /** Something was queued. */
  wake(): void {
    this.#wake.notify();
  }

  /** An output delivered something. */
  progressed(): void {
    this.#tracker.completedThrough(this.completed.step);
    if (this.#stalledSince !== undefined) this.#wake.notify();
  }

  /** Feeds the rows of an ad-hoc INSERT through the next step; resolves when that step is done. */
  insert(table: string, batch: ChangeBatch): Promise<void> {
    if (this.#stop.signal.aborted) return Promise.reject(terminating());
    return new Promise((resolve, reject) => {
      this.#insertedRecords += batch.rows.length;
      this.#options.journal?.insert(table, batch, this.#insertedRecords);
      this.#inserts.push({ table, batch, resolve, reject });
      this.wake();
    });
  }

  /** Queues rows of an INSERT that are in the journal already. */
  reinsert(table: string, batch: ChangeBatch): void {
    this.#insertedRecords += batch.rows.length;
    this.#inserts.push({ table, batch, resolve: () => undefined, reject: () => undefined });
  }

  // ---- what outlives the process ------------------------------------------------------------------------------------------

  /** After the last step that was begun. */
  get state(): LoopState {
    const { inputRecords, step } = this.#initiated;
    const processedBytes = this.#processedBytes + this.#bytesUnderWay;
    return { step, sequence: this.#sequence, inputRecords, processedBytes, insertedRecords: this.#consumedInserts };
  }
  /** Before it, with what it changed. */
  get before(): LoopHistory {
    return this.#before;
  }

  restore(state: LoopState): void {
    this.#initiated = this.#processed = { step: state.step, inputRecords: state.inputRecords };
    this.#processedBytes = state.processedBytes;
    this.#sequence = state.sequence;
    this.#insertedRecords = this.#consumedInserts = state.insertedRecords;
    this.#before = { loop: state, inputs: new Map() };
  }

  /** Does a step of the journal again, with the rows that it took. @throws what the engine throws */
  replay({ now, sequence, takes }: StepRecord, queues: ReadonlyMap<string, InputConnector>): Promise<void> {
    this.#sequence = sequence - 1;
    return this.#step({ takes, queues, now });
  }

  /** A step without rows: the views that changed with the program get their content. @throws what the engine throws */
  bootstrap(): Promise<void> {
    return this.#step({ takes: [], queues: new Map(), now: undefined, uncounted: true });
  }

  /** Ends the loop with an error from elsewhere: `run` throws it. */
  fail(error: unknown): void {
    this.#failure ??= { error };
    this.#wake.notify();
  }

  /** Resolves when the engine has done `step`. */
  async reached(step: number, signal: AbortSignal): Promise<void> {
    for (;;) {
      signal.throwIfAborted();
      const seen = this.#stepDone.version;
      if (this.#processed.step >= step) return;
      await this.#stepDone.wait(seen, { signal });
    }
  }

  /** Ends the loop at the next step boundary. */
  stop(): void {
    this.#stop.abort(new Error("stopped"));
  }

  /**
   * A first step without input: until it, every view is empty, also one that has rows without any input, such as a count.
   *
   * @throws what the engine throws: the pipeline cannot go on.
   */
  async begin(): Promise<void> {
    if (this.#initiated.step === 0) await this.#step();
  }

  /** @throws what the engine throws: the pipeline cannot go on. */
  async run(): Promise<void> {
    const { signal } = this.#stop;
    try {
      while (!signal.aborted) {
        const seen = this.#wake.version;
        if (this.#failure !== undefined) throw this.#failure.error;
        const wait = this.#stalled() ? stallReportMilliseconds : this.#millisecondsUntilDue();
        if (wait === 0) await this.#step();
        else await this.#wake.wait(seen, { signal, ...(wait === undefined ? {} : { milliseconds: wait }) });
      }
    } finally {
      for (const insert of this.#inserts.splice(0)) insert.reject(terminating());
    }
  }

  /** A full output queue holds the circuit, and the stats and the log say so. */
  #stalled(): boolean {
    const { clock, log, outputs } = this.#options;
    const full = [...outputs.values()].filter((output) => output.full);
    const now = clock.now();
    if (full.length === 0) {
      if (this.#stalledSince !== undefined) this.#stallMilliseconds += now - this.#stalledSince;
      this.#stalledSince = undefined;
      return false;
    }
    if (this.#stalledSince === undefined) {
      this.#stalledSince = now;
      return true;
    }
    const seconds = (now - this.#stalledSince) / 1000;
    if (seconds * 1000 >= stallReportMilliseconds - 1) {
      const names = full.map((output) => `'${output.name}' (${String(output.stats(false).metrics.transmittedRecords)} records sent)`);
      log.warn(`pipeline stalled ${seconds.toFixed(0)} seconds because output buffers from connector ${names.join(", ")} are full`);
      this.#stallMilliseconds += now - this.#stalledSince;
      this.#stalledSince = now;
    }
    return true;
  }

  /** 0: a step is due; undefined: nothing to do. */
  #millisecondsUntilDue(): number | undefined {
    if (this.#inserts.length > 0) return 0;
    let buffered = 0;
    let oldest = Infinity;
    for (const input of this.#options.inputs.values()) {
      buffered += input.bufferedRecords;
      oldest = Math.min(oldest, input.oldestQueuedAt ?? Infinity);
    }
    if (buffered === 0) return this.#millisecondsUntilTick();
    const { clock, maxBufferingDelayUsecs, minBatchSizeRecords } = this.#options;
    if (buffered >= minBatchSizeRecords || maxBufferingDelayUsecs === 0) return 0;
    return Math.max(0, Math.ceil(oldest + maxBufferingDelayUsecs / 1000 - clock.now()));
  }

  async #step(replay?: Replay): Promise<void> {
    const { clock, engine, journal, outputs } = this.#options;
    const step = this.#initiated.step + 1;
    const changes = new Map<string, ChangeBatch[]>();
    const before = new Map<string, Consumed>();
    const history: LoopHistory = { loop: this.state, inputs: before };
    const taken = replay === undefined ? this.#take(step, changes, before) : this.#takeAgain(replay, step, changes, before);
    const inserts = this.#takeInserts(replay, changes, taken);
    this.#now = replay?.now ?? this.#nowMicros() ?? this.#now;
    this.#before = history;
    this.#initiated = { step, inputRecords: this.#initiated.inputRecords + taken.records };
    this.#bytesUnderWay = taken.bytes;
    if (replay?.uncounted !== true) this.#sequence += 1;
    // Steps that are replayed are in the journal already.
    const synced = replay === undefined ? journal?.begin({ sequence: this.#sequence, takes: taken.takes, now: this.#now }) : undefined;
    const watch = new Set<string>();
    for (const output of outputs.values()) watch.add(output.config.stream);
    const startedAt = clock.now();
    const { deltas } = await this.#callEngine(
      engine,
      { changes, watch, ...(this.#now === undefined ? {} : { now: this.#now }) },
      inserts,
      synced,
    );
    const processedAt = clock.now();
    this.durations.add((processedAt - startedAt) / 1000);
    this.#busyMilliseconds += processedAt - startedAt;
    this.#processed = this.#initiated;
    this.#processedBytes += taken.bytes;
    this.#bytesUnderWay = 0;
    this.#tracker.stepDone(
      step,
      taken.pieces.map((piece) => ({ ...piece, processedAt })),
    );
    // Invariant 2: every output gets every step, whole and in order, also when its relation did not change.
    for (const output of outputs.values()) output.push(this.#processed, deltas.get(output.config.stream));
    this.#tracker.completedThrough(this.completed.step);
    this.#stepDone.notify();
    for (const insert of inserts) insert.resolve();
    for (const input of taken.drained) this.#options.onDrained(input);
    if (replay === undefined) this.#options.onStepDone();
  }

  /** NOW() of a step that begins now; undefined when the program has no use for it. */
  #nowMicros(): bigint | undefined {
    const { clock, clockMicros } = this.#options;
    if (clockMicros === undefined) return undefined;
    if (clockMicros === null) return this.#now ?? BigInt(Math.floor(clock.now() * 1000));
    const ticks = BigInt(Math.floor((clock.now() * 1000) / clockMicros)) * BigInt(clockMicros);
    return this.#now !== undefined && this.#now > ticks ? this.#now : ticks;
  }

  /** Milliseconds until NOW() moves; undefined when it never does. */
  #millisecondsUntilTick(): number | undefined {
    const { clock, clockMicros } = this.#options;
    if (clockMicros === undefined || clockMicros === null) return undefined;
    const next = Number((this.#now ?? 0n) + BigInt(clockMicros)) / 1000;
    return Math.max(0, Math.ceil(next - clock.now()));
  }

  /** The engine computes while the marker is written; what it gives goes on only when both are done. */
  async #callEngine(
    engine: Pick<Engine, "step">,
    input: StepInput,
    inserts: readonly Insert[],
    synced: Promise<void> | undefined,
  ): Promise<StepResult> {
    try {
      const stepping = engine.step(input).then((result) => {
        // At once: a commit of the store that was asked for may begin as soon as the engine is done, before the marker is on disk.
        for (const output of this.#options.outputs.values()) output.keep(this.#initiated, result.deltas.get(output.config.stream));
        return result;
      });
      const [result] = await Promise.all([stepping, synced]);
      return result;
    } catch (error) {
      const failure = error instanceof Error ? error : new Error(String(error));
      for (const insert of inserts) insert.reject(failure);
      throw failure;
    }
  }

  #takeInserts(replay: Replay | undefined, changes: Map<string, ChangeBatch[]>, taken: Taken): Insert[] {
    const wanted = replay === undefined ? Infinity : (replay.takes.find(([endpoint]) => endpoint === adHocEndpoint)?.[1] ?? 0);
    const inserts: Insert[] = [];
    let records = 0;
    for (let next = this.#inserts[0]; next !== undefined && records < wanted; next = this.#inserts[0]) {
      this.#inserts.shift();
      inserts.push(next);
      changesOf(changes, next.table).push(next.batch);
      records += next.batch.rows.length;
    }
    taken.records += records;
    this.#consumedInserts += records;
    if (records > 0) taken.takes.push([adHocEndpoint, records]);
    return inserts;
  }

  /** What the step took when it was done first. Rows of tables that the program changed are gone. */
  #takeAgain({ queues, takes }: Replay, step: number, changes: Map<string, ChangeBatch[]>, before: Map<string, Consumed>): Taken {
    const taken: Taken = { records: 0, bytes: 0, pieces: [], drained: [], takes: [] };
    for (const [endpoint, records] of takes) {
      const input = queues.get(endpoint);
      if (input === undefined || endpoint === adHocEndpoint) continue;
      before.set(endpoint, input.consumed);
      const piece = input.take(records, step);
      if (piece !== undefined) this.#note(taken, input, piece, changes);
    }
    return taken;
  }

  #note(taken: Taken, input: InputConnector, piece: TakenInput, changes: Map<string, ChangeBatch[]>): void {
    for (const batch of piece.batches) changesOf(changes, input.config.stream).push(batch);
    taken.records += piece.records;
    taken.bytes += piece.bytes;
    taken.takes.push([input.name, piece.records]);
    taken.pieces.push({
      firstQueuedAt: piece.firstQueuedAt,
      ingestedAt: piece.lastQueuedAt,
      completed: (done) => {
        input.completed(done);
      },
    });
  }

  #take(step: number, changes: Map<string, ChangeBatch[]>, before: Map<string, Consumed>): Taken {
    const { inputs, workers } = this.#options;
    const taken: Taken = { records: 0, bytes: 0, pieces: [], drained: [], takes: [] };
    let capped = false;
    let most = 0;
    for (const input of inputs.values()) {
      const { max_batch_size: maximum, max_worker_batch_size: perWorker } = input.config;
      const explicit = maximum ?? (perWorker === null ? null : perWorker * workers);
      const { consumed } = input;
      const piece = input.take(explicit ?? this.#batchCap, step);
      if (piece === undefined) continue;
      before.set(input.name, consumed);
      this.#note(taken, input, piece, changes);
      if (input.bufferedRecords === 0) taken.drained.push(input);
      else if (explicit === null) capped = true;
      most = Math.max(most, piece.records);
    }
    this.#adapt(capped, most);
    return taken;
  }

  /**
   * A step costs something whatever its size, so where no limit was asked for, a deep queue makes steps larger, and a shallow one
   * brings them back to the published default.
   */
  #adapt(capped: boolean, most: number): void {
    if (capped) this.#batchCap = Math.min(maxAdaptiveBatch, this.#batchCap * 2);
    else if (most * 4 < this.#batchCap) {
      this.#batchCap = Math.max(recordsPerWorker * this.#options.workers, Math.floor(this.#batchCap / 2));
    }
  }
}

interface Taken {
  records: number;
  bytes: number;
  readonly pieces: Omit<Piece, "processedAt">[];
  readonly drained: InputConnector[];
  readonly takes: (readonly [endpoint: string, records: number])[];
}

/** A step that is done again, or one of our own making. */
interface Replay {
  readonly takes: Takes;
  readonly queues: ReadonlyMap<string, InputConnector>;
  readonly now: bigint | undefined;
  /** It is not in the journal. */
  readonly uncounted?: boolean;
}

/** How the loop was before a step, and the inputs that the step changed. */
export interface LoopHistory {
  readonly loop: LoopState;
  readonly inputs: ReadonlyMap<string, Consumed>;
}

const startState: LoopState = { step: 0, sequence: 0, inputRecords: 0, processedBytes: 0, insertedRecords: 0 };

function changesOf(changes: Map<string, ChangeBatch[]>, table: string): ChangeBatch[] {
  const list = changes.get(table);
  if (list !== undefined) return list;
  const fresh: ChangeBatch[] = [];
  changes.set(table, fresh);
  return fresh;
}

const terminating = (): PipelineError => new PipelineError("Terminating", "The pipeline is stopping.");
