import { ConnectorError, type EncodedChunk, type Encoder, type OutputTransport, type SinkPosition } from "@headgate/connector-kit";
import type { Delta, Snapshot } from "@headgate/engine";
import { backoffMilliseconds } from "../async/backoff.ts";
import { Breather } from "../async/breather.ts";
import type { Clock } from "../async/clock.ts";
import { Notifier } from "../async/notifier.ts";
import type { EndpointConfig } from "../connector-config.ts";
import { ConnectorErrors } from "../connector-errors.ts";
import { crashPoint } from "../crash-points.ts";
import type { OutputState } from "../durability/durable-state.ts";
import { messageOf, PipelineError } from "../errors.ts";
import type { Log } from "../log.ts";
import type { ConnectorHealth, Delivery, OutputConnectorStats, ResetStatus } from "../socket/protocol.ts";
import { chunkBytes, recordsOf } from "./delta-size.ts";
import { OutputBuffer } from "./output-buffer.ts";
import { OutputQueue, type OutputEntry, type Progress } from "./output-queue.ts";
import { resetProgress, resetStatus } from "./reset-status.ts";
import {
  dropsDeltas,
  followingState,
  initialResetState,
  transition,
  type Delivery as SnapshotDelivery,
  type ResetEvent,
  type ResetState,
} from "./reset.ts";
import { RetainedDeltas, type RetainedDelta } from "./retained-deltas.ts";

/** What an output connector needs from the pipeline. */
export interface OutputConnectorOptions {
  readonly id: number;
  readonly name: string;
  readonly config: EndpointConfig;
  readonly transport: OutputTransport;
  /** Undefined: the sink takes no bytes, only counts. */
  readonly encoder: Encoder | undefined;
  /** Steps up to this one are not the connector's business: it was added while or after they ran. */
  readonly since: Progress;
  /** How an earlier run of the connector left it. */
  readonly restored?: RestoredOutput | undefined;
  /** Keep what the sink has not acknowledged for good, for {@link OutputConnector.undelivered}. */
  readonly retain?: boolean;
  /** A snapshot of the connector's relation that includes at least `step`. */
  readonly cut: (step: number, signal: AbortSignal) => Promise<Snapshot>;
  /** The sink's progress rose, or room came free. */
  readonly onProgress: () => void;
  readonly clock: Clock;
  readonly log: Log;
  readonly scrub: (text: string) => string;
}

/** What is known of an output from an earlier run. */
export interface RestoredOutput {
  readonly generation: number;
  readonly delivery: SnapshotDelivery | null;
  readonly transmittedRecords: number;
  readonly transmittedBytes: number;
  /** The sink's content has to be sent anew, as a generation of its own. */
  readonly needsSnapshot: boolean;
}

/** A step that the sink has, and where its content ended then. */
interface Acknowledged {
  readonly progress: Progress;
  readonly position: SinkPosition | null;
}

const attemptsBeforeRestart = 5;
const nothing = new Uint8Array(0);

/**
 * One output endpoint: its queue, its buffer, its sink, its resets. One loop owns the sink, so calls of it never overlap, and
 * chunks arrive whole and in order (Invariant 2). Law 6: a failing sink harms nobody else.
 */
export class OutputConnector {
  readonly id: number;
  readonly name: string;
  readonly config: EndpointConfig;
  readonly encodeErrors: ConnectorErrors;
  readonly transportErrors: ConnectorErrors;
  readonly #options: OutputConnectorOptions;
  readonly #queue = new OutputQueue();
  readonly #buffer = new OutputBuffer();
  readonly #changed = new Notifier();
  readonly #breather = new Breather();
  readonly #stop = new AbortController();
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
  #transmittedRecords = 0;
  #transmittedBytes = 0;
  #fatalError: string | null = null;
  #health: ConnectorHealth | null = null;
  /** The encoder has what it needs from outside. */
  #prepared = false;
  readonly #retained = new RetainedDeltas();
  /** The last step that the sink has, and the last that it has for good. */
  #acknowledged: Acknowledged;
  #durable: Acknowledged;

  constructor(options: OutputConnectorOptions) {
    this.#options = options;
    this.id = options.id;
    this.name = options.name;
    this.config = options.config;
    this.#processed = options.since;
    this.#since = options.since.step;
    this.#cutStep = options.since.step;
    this.#lastStep = options.since.step;
    this.encodeErrors = new ConnectorErrors(options.clock, options.scrub);
    this.transportErrors = new ConnectorErrors(options.clock, options.scrub);
    // The first delivery of a snapshot-and-follow connector is generation 1 of the mechanism that later resets use.
    const { restored } = options;
    this.#acknowledged = { progress: options.since, position: options.transport.position?.() ?? null };
    this.#durable = this.#acknowledged;
    if (restored !== undefined) {
      this.#reset = followingState(restored.generation, restored.delivery);
      this.#transmittedRecords = restored.transmittedRecords;
      this.#transmittedBytes = restored.transmittedBytes;
    }
    if (options.config.send_snapshot && restored?.needsSnapshot !== false) this.#apply({ type: "requested", at: options.clock.now() });
  }

  get processed(): Progress {
    return this.#processed;
  }
  get full(): boolean {
    return this.#queue.records >= this.config.max_queued_records;
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
    if (!needless) this.#retained.add(progress, delta, stored);
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
    this.#retained.dropThrough(Infinity);
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
      await this.#encodeAndWrite(delta, signal, Infinity);
      const { transport } = this.#options;
      if (transport.flush !== undefined) await this.#attempt(() => transport.flush?.(signal), signal, Infinity);
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
      await this.#attempt(() => sink?.begin(signal), signal, Infinity);
      crashPoint("reset.begun");
      this.#apply({ type: "sink_ready" });
      if (await this.#sendSnapshot(signal, sink === undefined ? Infinity : attemptsBeforeRestart)) break;
      // The sink keeps refusing: whatever it lost, beginning anew with a fresh cut is right.
      this.#apply({ type: "restarted" });
    }
    this.#apply({ type: "delivered", at: clock.now() });
    // A committed snapshot is on the sink for good, and nothing before it counts any more.
    const progress = { step: this.#cutStep, inputRecords: this.#processed.inputRecords };
    this.#durable = this.#acknowledged = { progress, position: transport.position?.() ?? null };
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
      this.#retained.dropThrough(snapshot.step);
      this.#apply({ type: "cut", step: snapshot.step, records: snapshot.records, at: clock.now() });
      for await (const rows of snapshot.chunks()) {
        await this.#encodeAndWrite(
          rows.map((row) => [row, 1] as const),
          signal,
          attempts,
        );
        this.#apply({ type: "sent", records: rows.length });
        crashPoint("reset.sending");
        await this.#breather.pause();
      }
      await this.#attempt(
        () => (transport.reset === undefined ? transport.flush?.(signal) : transport.reset.commit(signal)),
        signal,
        attempts,
      );
      crashPoint("reset.committed");
      return true;
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof ConnectorError && error.code === "retryable") return false;
      throw error;
    } finally {
      await snapshot.close();
    }
  }

  async #encodeAndWrite(delta: Delta, signal: AbortSignal, attempts: number): Promise<void> {
    const { encoder } = this.#options;
    if (encoder === undefined) {
      await this.#write({ bytes: nothing, records: recordsOf(delta) }, signal, attempts);
      return;
    }
    if (!this.#prepared) {
      await this.#attempt(() => encoder.prepare?.(signal), signal, attempts);
      this.#prepared = true;
    }
    for (const piece of encoder.encode(delta)) {
      if ("message" in piece) this.encodeErrors.add(piece.message, "encode");
      else await this.#write(piece, signal, attempts);
    }
  }

  async #write(chunk: EncodedChunk, signal: AbortSignal, attempts: number): Promise<void> {
    await this.#attempt(() => this.#options.transport.write(chunk, signal), signal, attempts);
    this.#transmittedRecords += chunk.records;
    this.#transmittedBytes += chunkBytes(chunk);
  }

  /** Repeats after retryable errors with capped back-off, at most `attempts` times. */
  async #attempt(operation: () => Promise<void> | undefined, signal: AbortSignal, attempts: number): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      signal.throwIfAborted();
      try {
        await operation();
        if (this.#health !== null) this.#health = null;
        return;
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof ConnectorError) || error.code !== "retryable") throw error;
        this.#noteRetryable(error, attempt);
        if (attempt >= attempts) throw error;
        await this.#options.clock.sleep(backoffMilliseconds(attempt - 1), signal);
      }
    }
  }

  #noteRetryable(error: ConnectorError, attempt: number): void {
    const entry = this.transportErrors.add(error.message, error.tag);
    this.#health = { status: "Unhealthy", description: entry.message };
    if (this.#reset.phase !== "following") this.#apply({ type: "failed", error: entry.message });
    if (attempt === 1) this.#options.log.warn(`output connector ${this.name}: ${entry.message}; trying again`);
  }

  /** The sink is lost: outputs keep being consumed and discarded, so that the pipeline goes on. */
  #fail(error: unknown): void {
    const entry = this.transportErrors.add(messageOf(error), error instanceof ConnectorError ? error.tag : undefined);
    this.#fatalError ??= entry.message;
    this.#health = null;
    if (this.#reset.phase !== "following") this.#apply({ type: "failed", error: entry.message });
    this.#dropOlderGenerations();
    this.#changed.notify();
  }

  #apply(event: ResetEvent): void {
    this.#reset = transition(this.#reset, event);
  }

  #advance({ step, inputRecords }: Progress): void {
    if (step <= this.#processed.step) return;
    this.#processed = { step, inputRecords };
    this.#acknowledge(this.#processed);
    this.#options.onProgress();
  }

  // ---- what outlives the process ------------------------------------------------------------------------------------------

  #acknowledge(progress: Progress): void {
    const { transport } = this.#options;
    this.#acknowledged = { progress, position: transport.position?.() ?? null };
    if (transport.sync === undefined) this.#settle(this.#acknowledged);
  }
  #settle(acknowledged: Acknowledged): void {
    if (acknowledged.progress.step < this.#durable.progress.step) return;
    this.#durable = acknowledged;
    this.#retained.dropThrough(acknowledged.progress.step);
  }

  /** Makes what the sink has acknowledged outlive the machine's crash, as far as it can now. Never throws. */
  async sync(): Promise<void> {
    const { transport } = this.#options;
    const acknowledged = this.#acknowledged;
    const { generation } = this;
    if (transport.sync === undefined || acknowledged === this.#durable || this.#reset.phase !== "following") return;
    try {
      await transport.sync();
    } catch {
      return;
    }
    if (generation === this.generation) this.#settle(acknowledged);
  }

  /** What the connector needs to go on in another process; `fingerprint` tells whether it is still the same then. */
  state(fingerprint: string): OutputState {
    const { position, progress } = this.#durable;
    const { delivery, generation, phase } = this.#reset;
    return {
      fingerprint,
      step: progress.step,
      inputRecords: progress.inputRecords,
      position,
      transmittedRecords: this.#transmittedRecords,
      transmittedBytes: this.#transmittedBytes,
      generation,
      delivery,
      needsSnapshot: phase !== "following" || this.#dead,
    };
  }

  /** Deltas that the sink has not for good, and that {@link push} was not told to be stored; from now on they count as stored. */
  undelivered(): readonly RetainedDelta[] {
    return this.#reset.phase === "following" ? this.#retained.takeUnstored() : [];
  }

  stats(withErrors: boolean): OutputConnectorStats {
    return {
      endpointName: this.name,
      stream: this.config.stream,
      metrics: {
        transmittedRecords: this.#transmittedRecords,
        transmittedBytes: this.#transmittedBytes,
        queuedRecords: this.#queue.records,
        queuedBatches: this.#queue.batches,
        bufferedRecords: this.#buffer.records,
        bufferedBatches: this.#buffer.batches,
        numEncodeErrors: this.encodeErrors.count,
        numTransportErrors: this.transportErrors.count,
        totalProcessedInputRecords: this.#processed.inputRecords,
        totalProcessedSteps: this.#processed.step,
        memory: this.#queue.bytes + this.#buffer.bytes,
      },
      delivery: this.delivery,
      fatalError: this.#fatalError,
      ...(withErrors ? { encodeErrors: this.encodeErrors.list(), transportErrors: this.transportErrors.list() } : {}),
      health: this.#health,
      reset: resetProgress(this.#reset),
    };
  }
}
