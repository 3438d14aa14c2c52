import { setImmediate as nextTurn } from "node:timers/promises";
import type { ChangeBatch, Engine, StepInput, StepResult } from "@headgate/engine";
import type { Clock } from "../async/clock.ts";
import { Notifier } from "../async/notifier.ts";
import type { LoopState } from "../durability/durable-state.ts";
import { PipelineError } from "../errors.ts";
import type { Consumed, InputConnector } from "../input-connector/input-connector.ts";
import type { StepRecord } from "../journal/records.ts";
import type { Log } from "../log.ts";
import { DurationHistogram } from "../metrics/histogram.ts";
import type { OutputConnector } from "../output-connector/output-connector.ts";
import type { Progress } from "../output-connector/output-queue.ts";
import { CompletionTracker } from "./completion-tracker.ts";
import { stallReportMilliseconds, StallWatch } from "./stall-watch.ts";
import { adHocEndpoint, StepIntake, type Insert, type Intake, type Takes } from "./step-intake.ts";
import { StepTime } from "./step-time.ts";

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

/** While a sink is behind, steps begin at least so far apart: fewer, larger ones carry the same rows. */
const pacedMilliseconds = 20;

/**
 * Runs one step at a time on what is queued, and hands every output its delta. It also runs in a paused pipeline, to drain what was
 * buffered before the pause.
 */
export class StepLoop {
  readonly durations = new DurationHistogram();
  readonly #options: StepLoopOptions;
  readonly #wake = new Notifier();
  readonly #stepDone = new Notifier();
  readonly #delivered = new Notifier();
  readonly #tracker = new CompletionTracker();
  readonly #intake: StepIntake;
  readonly #time: StepTime;
  readonly #stalls: StallWatch;
  readonly #stop = new AbortController();
  #initiated: Progress = { step: 0, inputRecords: 0 };
  #processed: Progress = { step: 0, inputRecords: 0 };
  #processedBytes = 0;
  #bytesUnderWay = 0;
  #begunAt = 0;
  #sequence = 0;
  #before: LoopHistory = { loop: startState, inputs: new Map() };
  #failure: { readonly error: unknown } | undefined;
  #busyMilliseconds = 0;

  constructor(options: StepLoopOptions) {
    this.#options = options;
    this.#intake = new StepIntake(options);
    this.#time = new StepTime(options.clock, options.clockMicros);
    this.#stalls = new StallWatch(options.outputs, options.clock, options.log);
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
    return this.#intake.insertedRecords;
  }
  get stallMilliseconds(): number {
    return this.#stalls.milliseconds;
  }
  /** Records of one queue beyond which whoever can wait should; no limit of the loop's own while outputs hold it. */
  get enoughQueued(): number {
    return this.#stalls.stalled ? Infinity : this.#intake.enough;
  }

  /** Something was queued. */
  wake(): void {
    this.#wake.notify();
  }

  /** An output delivered something. */
  progressed(): void {
    this.#tracker.completedThrough(this.completed.step);
    this.#delivered.notify();
    if (this.#stalls.stalled) this.#wake.notify();
  }

  /** Feeds the rows of an ad-hoc INSERT through the next step; resolves when that step is done. */
  insert(table: string, batch: ChangeBatch): Promise<void> {
    if (this.#stop.signal.aborted) return Promise.reject(terminating());
    return new Promise((resolve, reject) => {
      const end = this.#intake.insert({ table, batch, resolve, reject });
      this.#options.journal?.insert(table, batch, end);
      this.wake();
    });
  }

  /** Queues rows of an INSERT that are in the journal already. */
  reinsert(table: string, batch: ChangeBatch): void {
    this.#intake.insert({ table, batch, resolve: () => undefined, reject: () => undefined });
  }

  // ---- what outlives the process ------------------------------------------------------------------------------------------

  /** After the last step that was begun. */
  get state(): LoopState {
    const { inputRecords, step } = this.#initiated;
    const processedBytes = this.#processedBytes + this.#bytesUnderWay;
    return { step, sequence: this.#sequence, inputRecords, processedBytes, insertedRecords: this.#intake.consumedInserts };
  }
  /** Before it, with what it changed. */
  get before(): LoopHistory {
    return this.#before;
  }

  restore(state: LoopState): void {
    this.#initiated = this.#processed = { step: state.step, inputRecords: state.inputRecords };
    this.#processedBytes = state.processedBytes;
    this.#sequence = state.sequence;
    this.#intake.restore(state.insertedRecords);
    this.#before = { loop: state, inputs: new Map() };
  }

  /** Does a step of the journal again, with the rows that it took. @throws what the engine throws */
  replay({ now, sequence, takes }: StepRecord, queues: ReadonlyMap<string, InputConnector>): Promise<void> {
    this.#sequence = sequence - 1;
    return this.#step({ takes, queues, now });
  }

  /** A step that is not in the journal: changed views get their content, and rows that were given with {@link reinsert} are taken. @throws what the engine throws */
  bootstrap(): Promise<void> {
    return this.#step({ takes: [[adHocEndpoint, Infinity]], queues: new Map(), now: undefined, uncounted: true });
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
        const wait = this.#stalls.look() ? stallReportMilliseconds : this.#millisecondsUntilDue();
        if (wait === 0) {
          await this.#pace(signal);
          if (!signal.aborted) await this.#step();
        } else await this.#wake.wait(seen, { signal, ...(wait === undefined ? {} : { milliseconds: wait }) });
      }
    } finally {
      this.#intake.rejectInserts(terminating);
    }
  }

  /**
   * What arrives in one turn of the event loop is one step's. Sinks take a turn or two for each step, so steps that follow each other
   * quicker would only pile up before them.
   */
  async #pace(signal: AbortSignal): Promise<void> {
    await nextTurn();
    const { clock, outputs } = this.#options;
    for (;;) {
      const seen = this.#delivered.version;
      const milliseconds = this.#begunAt + pacedMilliseconds - clock.now();
      if (milliseconds <= 0 || signal.aborted || ![...outputs.values()].some(({ behind }) => behind)) break;
      await this.#delivered.wait(seen, { signal, milliseconds });
    }
    this.#begunAt = clock.now();
  }

  /** 0: a step is due; undefined: nothing to do. */
  #millisecondsUntilDue(): number | undefined {
    const { inserts, oldest, records } = this.#intake.waiting();
    if (inserts) return 0;
    if (records === 0) return this.#time.untilTick();
    const { clock, maxBufferingDelayUsecs, minBatchSizeRecords } = this.#options;
    if (records >= minBatchSizeRecords || maxBufferingDelayUsecs === 0) return 0;
    return Math.max(0, Math.ceil(oldest + maxBufferingDelayUsecs / 1000 - clock.now()));
  }

  async #step(replay?: Replay): Promise<void> {
    const { clock, engine, journal, outputs } = this.#options;
    const step = this.#initiated.step + 1;
    const loop = this.state;
    const intake = replay === undefined ? this.#intake.take(step) : this.#intake.takeAgain(replay.takes, replay.queues, step);
    const now = this.#time.begin(replay?.now);
    this.#before = { loop, inputs: intake.before };
    this.#initiated = { step, inputRecords: this.#initiated.inputRecords + intake.records };
    this.#bytesUnderWay = intake.bytes;
    if (replay?.uncounted !== true) this.#sequence += 1;
    // Steps that are replayed are in the journal already.
    const synced = replay === undefined ? journal?.begin({ sequence: this.#sequence, takes: intake.takes, now }) : undefined;
    const watch = new Set<string>();
    for (const output of outputs.values()) watch.add(output.config.stream);
    const startedAt = clock.now();
    const input = { changes: intake.changes, watch, ...(now === undefined ? {} : { now }) };
    const { deltas } = await this.#callEngine(engine, input, intake.inserts, synced);
    this.#measure(intake, clock.now() - startedAt);
    this.#processed = this.#initiated;
    this.#processedBytes += intake.bytes;
    this.#bytesUnderWay = 0;
    const processedAt = clock.now();
    this.#tracker.stepDone(
      step,
      intake.pieces.map((piece) => ({ ...piece, processedAt })),
    );
    // Invariant 2: every output gets every step, whole and in order, also when its relation did not change.
    for (const output of outputs.values()) output.push(this.#processed, deltas.get(output.config.stream));
    this.#tracker.completedThrough(this.completed.step);
    this.#stepDone.notify();
    for (const insert of intake.inserts) insert.resolve();
    for (const drained of intake.drained) this.#options.onDrained(drained);
    if (replay === undefined) this.#options.onStepDone();
  }

  #measure({ records }: Intake, milliseconds: number): void {
    this.durations.add(milliseconds / 1000);
    this.#intake.measured(records, milliseconds);
    this.#busyMilliseconds += milliseconds;
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

const terminating = (): PipelineError => new PipelineError("Terminating", "The pipeline is stopping.");
