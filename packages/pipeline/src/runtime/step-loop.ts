import type { ChangeBatch, Engine } from "@headgate/engine";
import type { Clock } from "../async/clock.ts";
import { Notifier } from "../async/notifier.ts";
import type { InputConnector } from "../input-connector/input-connector.ts";
import type { Log } from "../log.ts";
import { DurationHistogram } from "../metrics/histogram.ts";
import type { OutputConnector } from "../output-connector/output-connector.ts";
import type { Progress } from "../output-connector/output-queue.ts";
import { PipelineError } from "../errors.ts";
import { CompletionTracker, type Piece } from "./completion-tracker.ts";

/** What the loop runs on. */
export interface StepLoopOptions {
  readonly engine: Pick<Engine, "step">;
  readonly inputs: ReadonlyMap<string, InputConnector>;
  readonly outputs: ReadonlyMap<string, OutputConnector>;
  readonly workers: number;
  readonly minBatchSizeRecords: number;
  readonly maxBufferingDelayUsecs: number;
  readonly clock: Clock;
  readonly log: Log;
  /** An input's queue just became empty: it may have finished. */
  readonly onDrained: (input: InputConnector) => void;
}

interface Insert {
  readonly table: string;
  readonly batch: ChangeBatch;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

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
      this.#inserts.push({ table, batch, resolve, reject });
      this.wake();
    });
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
    if (buffered === 0) return undefined;
    const { clock, maxBufferingDelayUsecs, minBatchSizeRecords } = this.#options;
    if (buffered >= minBatchSizeRecords || maxBufferingDelayUsecs === 0) return 0;
    return Math.max(0, Math.ceil(oldest + maxBufferingDelayUsecs / 1000 - clock.now()));
  }

  async #step(): Promise<void> {
    const { clock, engine, outputs } = this.#options;
    const step = this.#initiated.step + 1;
    const changes = new Map<string, ChangeBatch[]>();
    const taken = this.#take(step, changes);
    const inserts = this.#inserts.splice(0);
    let insertedRecords = 0;
    for (const { table, batch } of inserts) {
      changesOf(changes, table).push(batch);
      insertedRecords += batch.rows.length;
    }
    this.#initiated = { step, inputRecords: this.#initiated.inputRecords + taken.records + insertedRecords };
    const watch = new Set<string>();
    for (const output of outputs.values()) watch.add(output.config.stream);
    const startedAt = clock.now();
    const { deltas } = await this.#callEngine(engine, changes, watch, inserts);
    const processedAt = clock.now();
    this.durations.add((processedAt - startedAt) / 1000);
    this.#busyMilliseconds += processedAt - startedAt;
    this.#processed = this.#initiated;
    this.#processedBytes += taken.bytes;
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
  }

  async #callEngine(
    engine: Pick<Engine, "step">,
    changes: ReadonlyMap<string, readonly ChangeBatch[]>,
    watch: ReadonlySet<string>,
    inserts: readonly Insert[],
  ): Promise<Awaited<ReturnType<Engine["step"]>>> {
    try {
      return await engine.step({ changes, watch });
    } catch (error) {
      const failure = error instanceof Error ? error : new Error(String(error));
      for (const insert of inserts) insert.reject(failure);
      throw failure;
    }
  }

  #take(step: number, changes: Map<string, ChangeBatch[]>): Taken {
    const { inputs, workers } = this.#options;
    const taken: Taken = { records: 0, bytes: 0, pieces: [], drained: [] };
    let capped = false;
    let most = 0;
    for (const input of inputs.values()) {
      const { max_batch_size: maximum, max_worker_batch_size: perWorker, stream } = input.config;
      const explicit = maximum ?? (perWorker === null ? null : perWorker * workers);
      const piece = input.take(explicit ?? this.#batchCap, step);
      if (piece === undefined) continue;
      for (const batch of piece.batches) changesOf(changes, stream).push(batch);
      taken.records += piece.records;
      taken.bytes += piece.bytes;
      taken.pieces.push({
        firstQueuedAt: piece.firstQueuedAt,
        ingestedAt: piece.lastQueuedAt,
        completed: (done) => {
          input.completed(done);
        },
      });
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
}

function changesOf(changes: Map<string, ChangeBatch[]>, table: string): ChangeBatch[] {
  const list = changes.get(table);
  if (list !== undefined) return list;
  const fresh: ChangeBatch[] = [];
  changes.set(table, fresh);
  return fresh;
}

const terminating = (): PipelineError => new PipelineError("Terminating", "The pipeline is stopping.");
