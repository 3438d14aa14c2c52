import type { Delta } from "@headgate/engine";
import { Breather } from "../async/breather.ts";
import { Notifier } from "../async/notifier.ts";
import type { EndpointConfig } from "../connector-config.ts";
import { crashPoint } from "../crash-points.ts";
import type { OutputState } from "../durability/durable-state.ts";
import { PipelineError } from "../errors.ts";
import type { Delivery, OutputConnectorStats, ResetStatus } from "../socket/protocol.ts";
import { OutputBuffer } from "./output-buffer.ts";
import type { OutputConnectorOptions } from "./output-options.ts";
import { OutputQueue, type OutputEntry, type Progress } from "./output-queue.ts";
import { resetProgress, resetStatus } from "./reset-status.ts";
import { dropsDeltas, followingState, initialResetState, transition, type ResetEvent, type ResetState } from "./reset.ts";
import type { RetainedDelta } from "./retained-deltas.ts";
import { sendSnapshot } from "./send-snapshot.ts";
import { SinkProgress } from "./sink-progress.ts";
import { SinkWriter } from "./sink-writer.ts";

const attemptsBeforeRestart = 5;
/** Steps that may wait for a sink which keeps up. */
const stepsUnderWay = 2;

/**
 * One output endpoint: its queue, its buffer, its sink, its resets. One loop owns the sink, so calls of it never overlap, and
 * chunks arrive whole and in order (Invariant 2). Law 6: a failing sink harms nobody else.
 */
export class OutputConnector {
  readonly id: number;
  readonly name: string;
  readonly config: EndpointConfig;
  readonly #options: OutputConnectorOptions;
  readonly #queue = new OutputQueue();
  readonly #buffer = new OutputBuffer();
  readonly #changed = new Notifier();
  readonly #breather = new Breather();
  readonly #stop = new AbortController();
  readonly #writer: SinkWriter;
  readonly #progress: SinkProgress;
  readonly #since: number;
  #work = new AbortController();
  #reset: ResetState = initialResetState;
  /** The last snapshot's step: earlier deltas are in it. */
  #cutStep: number;
  #lastStep: number;
  #bufferProgress: Progress | undefined;
  #flushNow = false;
  #busy = false;
  #processed: Progress;
  #fatalError: string | null = null;

  constructor(options: OutputConnectorOptions) {
    this.#options = options;
    this.id = options.id;
    this.name = options.name;
    this.config = options.config;
    this.#processed = options.since;
    this.#since = options.since.step;
    this.#cutStep = options.since.step;
    this.#lastStep = options.since.step;
    this.#writer = new SinkWriter({
      ...options,
      onRefused: (error) => {
        if (this.#reset.phase !== "following") this.#apply({ type: "failed", error });
      },
    });
    this.#progress = new SinkProgress(options.transport, options.since);
    // The first delivery of a snapshot-and-follow connector is generation 1 of the mechanism that later resets use.
    const { restored } = options;
    if (restored !== undefined) {
      this.#reset = followingState(restored.generation, restored.delivery);
      this.#writer.restore(restored);
    }
    if (options.config.send_snapshot && restored?.needsSnapshot !== false) this.#apply({ type: "requested", at: options.clock.now() });
  }

  get processed(): Progress {
    return this.#processed;
  }
  get full(): boolean {
    return this.#queue.records >= this.config.max_queued_records;
  }
  /** Steps come quicker than the sink takes them. */
  get behind(): boolean {
    return this.#queue.batches > stepsUnderWay;
  }
  /** Nothing waits and nothing is being sent. */
  get idle(): boolean {
    return this.#queue.empty && this.#buffer.since === undefined && !this.#busy && (this.#reset.phase === "following" || this.#dead);
  }
  get generation(): number {
    return this.#reset.generation;
  }
  get fatalError(): string | null {
    return this.#fatalError;
  }
  /** A sink that knows its place is brought back to it after a crash; another one may see steps again. */
  get delivery(): Delivery {
    return this.#options.transport.position === undefined ? "at_least_once" : "exactly_once";
  }
  get #dead(): boolean {
    return this.#fatalError !== null;
  }

  /**
   * The engine has done a step, and {@link push} follows once it is durable. From now on the store may commit the step, so its delta must not
   * be forgotten; `stored` says that it is on disk already.
   */
  keep(progress: Progress, delta: Delta | undefined, stored = false): void {
    if (this.#options.retain !== true || delta === undefined || delta.length === 0) return;
    const needless = this.#dead || dropsDeltas(this.#reset) || progress.step <= Math.max(this.#since, this.#cutStep);
    if (!needless) this.#progress.retain(progress, delta, stored);
  }

  /** A step ended. Called for every step in order, also for those without a change of this relation. */
  push(progress: Progress, delta: Delta | undefined): void {
    if (progress.step <= this.#since) return;
    this.#lastStep = progress.step;
    // Before the cut, deltas are in the snapshot to come; after it, those up to its step are in it already.
    const needless = this.#dead || dropsDeltas(this.#reset) || progress.step <= this.#cutStep;
    this.#queue.push(progress, needless ? undefined : delta);
    this.#changed.notify();
  }

  /** Asks the sink to start over from a snapshot; returns the generation that the caller's token names. */
  requestReset(): number {
    const { config, transport } = this.#options;
    if (!config.send_snapshot || transport.reset === undefined) {
      const error = `output endpoint '${this.name}' does not support reset`;
      throw new PipelineError("NotSupported", `Not supported: ${error}`, { error });
    }
    if (this.#fatalError !== null) {
      const text = `output endpoint '${this.name}' has stopped for good and cannot be reset: ${this.#fatalError}`;
      throw new PipelineError("OutputTransportError", text, { endpoint_name: this.name });
    }
    this.#apply({ type: "requested", at: this.#options.clock.now() });
    this.#options.log.info(`output connector ${this.name}: reset ${String(this.generation)} requested`);
    this.#dropOlderGenerations();
    this.#work.abort(new Error("superseded by a reset"));
    this.#changed.notify();
    return this.generation;
  }

  #dropOlderGenerations(): void {
    this.#progress.forget(Infinity);
    this.#queue.dropThrough(Infinity);
    if (this.#bufferProgress !== undefined && this.#queue.empty) this.#queue.unshift(this.#bufferProgress);
    this.#bufferProgress = undefined;
    this.#buffer.clear();
  }

  resetStatus(generation: number): ResetStatus {
    return resetStatus(this.#reset, generation, this.#options.clock.now());
  }

  /** Sends what is buffered now, without waiting for size or time. */
  flush(): void {
    this.#flushNow = true;
    this.#changed.notify();
  }

  stop(): void {
    this.#stop.abort(new Error("stopped"));
    this.#work.abort(new Error("stopped"));
  }

  /** The connector's life, once its transport is open. Never rejects. */
  async run(): Promise<void> {
    const { log, transport } = this.#options;
    while (!this.#stop.signal.aborted) {
      const seen = this.#changed.version;
      this.#work = new AbortController();
      if (this.#stop.signal.aborted) break;
      try {
        this.#busy = true;
        const worked = await this.#workOnce(this.#work.signal);
        this.#busy = false;
        if (!worked) {
          this.#options.onProgress();
          await this.#changed.wait(seen, { signal: this.#stop.signal, ...this.#untilFlush() });
        } else await this.#breather.pause();
      } catch (error) {
        this.#busy = false;
        if (this.#work.signal.aborted) continue;
        this.#fail(error);
        log.error(`output connector ${this.name}: stopped for good: ${this.#fatalError ?? ""}`);
      }
    }
    await transport.close();
  }

  /** One piece of work; false when there is none. */
  async #workOnce(signal: AbortSignal): Promise<boolean> {
    if (this.#reset.phase !== "following" && !this.#dead) {
      await this.#deliverSnapshot(signal);
      return true;
    }
    if (this.#flushDue()) {
      await this.#flushBuffer(signal);
      return true;
    }
    const entry = this.#queue.shift();
    if (entry === undefined) return false;
    await this.#deliver(entry, signal);
    return true;
  }

  async #deliver(entry: OutputEntry, signal: AbortSignal): Promise<void> {
    if (entry.delta !== undefined && !this.#dead) {
      if (this.config.enable_output_buffer) {
        this.#buffer.add(entry.delta, this.#options.clock.now());
      } else {
        await this.#send(entry.delta, entry, signal);
      }
    }
    // What is buffered is not processed yet; what cancelled out in the buffer is.
    if (this.#buffer.since !== undefined) this.#bufferProgress = entry;
    else this.#advance(entry);
  }

  async #send(delta: Delta, progress: Progress, signal: AbortSignal): Promise<void> {
    try {
      await this.#writer.send(delta, signal, Infinity);
      const { transport } = this.#options;
      if (transport.flush !== undefined) await this.#writer.attempt(() => transport.flush?.(signal), signal, Infinity);
      crashPoint("output.written");
    } catch (error) {
      // Superseded or failed: the step still counts, once whatever comes next has been delivered.
      this.#queue.unshift(progress);
      throw error;
    }
  }

  #flushDue(): boolean {
    const { since } = this.#buffer;
    if (since === undefined) return false;
    return (
      this.#flushNow ||
      this.#buffer.records >= this.config.max_output_buffer_size_records ||
      this.#options.clock.now() - since >= this.config.max_output_buffer_time_millis
    );
  }

  #untilFlush(): { readonly milliseconds?: number } {
    const { since } = this.#buffer;
    if (since === undefined) return {};
    return { milliseconds: since + this.config.max_output_buffer_time_millis - this.#options.clock.now() };
  }

  async #flushBuffer(signal: AbortSignal): Promise<void> {
    const progress = this.#bufferProgress;
    this.#bufferProgress = undefined;
    const delta = this.#buffer.take();
    if (progress === undefined) return;
    if (!this.#dead) await this.#send(delta, progress, signal);
    this.#advance(progress);
  }

  /**
   * Law 3: snapshot ⊕ deltas after it = the view. The cut names its step; deltas up to it are dropped, later ones stay queued
   * behind the snapshot.
   */
  async #deliverSnapshot(signal: AbortSignal): Promise<void> {
    const { clock, log, transport } = this.#options;
    // This loop owns the sink, so being here means that nothing of an older generation is in flight.
    if (this.#reset.phase === "draining") this.#apply({ type: "drained" });
    const sink = transport.reset;
    for (;;) {
      await this.#writer.attempt(() => sink?.begin(signal), signal, Infinity);
      crashPoint("reset.begun");
      this.#apply({ type: "sink_ready" });
      if (await this.#sendSnapshot(signal, sink === undefined ? Infinity : attemptsBeforeRestart)) break;
      // The sink keeps refusing: whatever it lost, beginning anew with a fresh cut is right.
      this.#apply({ type: "restarted" });
    }
    this.#apply({ type: "delivered", at: clock.now() });
    this.#progress.replaced({ step: this.#cutStep, inputRecords: this.#processed.inputRecords });
    const delivered = this.#reset.phase === "following" ? (this.#reset.delivery?.records ?? 0) : 0;
    log.info(`output connector ${this.name}: snapshot ${String(this.generation)} of ${String(delivered)} records complete, following`);
  }

  /** False when the sink failed retryably `attempts` times at one place. */
  async #sendSnapshot(signal: AbortSignal, attempts: number): Promise<boolean> {
    const { clock, transport } = this.#options;
    const snapshot = await this.#options.cut(this.#lastStep, signal);
    try {
      signal.throwIfAborted();
      this.#cutStep = snapshot.step;
      this.#queue.dropThrough(snapshot.step);
      this.#progress.forget(snapshot.step);
      this.#apply({ type: "cut", step: snapshot.step, records: snapshot.records, at: clock.now() });
      const onSent = (records: number): void => {
        this.#apply({ type: "sent", records });
      };
      return await sendSnapshot(snapshot, { transport, writer: this.#writer, attempts, onSent }, signal);
    } finally {
      await snapshot.close();
    }
  }

  /** The sink is lost: outputs keep being consumed and discarded, so that the pipeline goes on. */
  #fail(error: unknown): void {
    const message = this.#writer.failed(error);
    this.#fatalError ??= message;
    if (this.#reset.phase !== "following") this.#apply({ type: "failed", error: message });
    this.#dropOlderGenerations();
    this.#changed.notify();
  }

  #apply(event: ResetEvent): void {
    this.#reset = transition(this.#reset, event);
  }

  #advance({ step, inputRecords }: Progress): void {
    if (step <= this.#processed.step) return;
    this.#processed = { step, inputRecords };
    this.#progress.acknowledge(this.#processed);
    this.#options.onProgress();
  }

  // ---- what outlives the process ------------------------------------------------------------------------------------------

  /** Makes what the sink has acknowledged outlive the machine's crash, as far as it can now. Never throws. */
  async sync(): Promise<void> {
    const { generation } = this;
    if (this.#reset.phase === "following") await this.#progress.sync(() => generation === this.generation);
  }

  /** What the connector needs to go on in another process; `fingerprint` tells whether it is still the same then. */
  state(fingerprint: string): OutputState {
    const { position, progress } = this.#progress.durable;
    const { delivery, generation, phase } = this.#reset;
    return {
      fingerprint,
      step: progress.step,
      inputRecords: progress.inputRecords,
      position,
      transmittedRecords: this.#writer.transmittedRecords,
      transmittedBytes: this.#writer.transmittedBytes,
      generation,
      delivery,
      needsSnapshot: phase !== "following" || this.#dead,
    };
  }

  /** Deltas that the sink has not for good, and that {@link push} was not told to be stored; from now on they count as stored. */
  undelivered(): readonly RetainedDelta[] {
    return this.#reset.phase === "following" ? this.#progress.takeUnstored() : [];
  }

  stats(withErrors: boolean): OutputConnectorStats {
    const { encodeErrors, health, transmittedBytes, transmittedRecords, transportErrors } = this.#writer;
    return {
      endpointName: this.name,
      stream: this.config.stream,
      metrics: {
        transmittedRecords,
        transmittedBytes,
        queuedRecords: this.#queue.records,
        queuedBatches: this.#queue.batches,
        bufferedRecords: this.#buffer.records,
        bufferedBatches: this.#buffer.batches,
        numEncodeErrors: encodeErrors.count,
        numTransportErrors: transportErrors.count,
        totalProcessedInputRecords: this.#processed.inputRecords,
        totalProcessedSteps: this.#processed.step,
        memory: this.#queue.bytes + this.#buffer.bytes,
      },
      delivery: this.delivery,
      fatalError: this.#fatalError,
      ...(withErrors ? { encodeErrors: encodeErrors.list(), transportErrors: transportErrors.list() } : {}),
      health,
      reset: resetProgress(this.#reset),
    };
  }
}
