import type { ChangeBatch } from "@headgate/engine";
import { timestamp, type Clock } from "../async/clock.ts";
import { Notifier } from "../async/notifier.ts";
import type { EndpointConfig } from "../connector-config.ts";
import { ConnectorErrors } from "../connector-errors.ts";
import { LatencyWindow } from "../metrics/latency-window.ts";
import type { ConnectorHealth, InputConnectorStats } from "../socket/protocol.ts";
import { CompletionLabels } from "./completion-labels.ts";
import { InputQueue, type TakenInput } from "./input-queue.ts";
import type { ResumePoint } from "../journal/records.ts";

/** How far steps have taken a connector's records. */
export interface Consumed {
  readonly records: number;
  readonly bytes: number;
  readonly position: ResumePoint | undefined;
}

/** A batch on its way into the queue. */
export interface QueuedRows {
  readonly batch: ChangeBatch;
  readonly bytes: number;
  /** The connector's records up to and with these. */
  readonly end: number;
  readonly position: ResumePoint | undefined;
}

/** What an input connector needs from the pipeline. */
export interface InputConnectorContext {
  readonly clock: Clock;
  readonly scrub: (text: string) => string;
  /** Something was queued, or the input ended: the step loop may have work. */
  readonly onQueued: () => void;
  /** Records beyond which more only wait for longer; it changes with what steps take. Absent: `max_queued_records` alone counts. */
  readonly enough?: () => number;
  /** Writes rows to the journal, if there is one. */
  readonly log?: (input: InputConnector, rows: QueuedRows) => void;
}

/** The state and the queue of one input endpoint, whoever fills it: a transport's pull loop or an HTTP request. */
export class InputConnector {
  readonly id: number;
  readonly name: string;
  readonly config: EndpointConfig;
  /** Made by an HTTP ingress request: it never ends and does not count for completion. */
  readonly transient: boolean;
  readonly parseErrors: ConnectorErrors;
  readonly transportErrors: ConnectorErrors;
  /** Fires when `paused`, the queue's fullness, or the pipeline's state changed. */
  readonly changed = new Notifier();
  readonly #context: InputConnectorContext;
  readonly #queue = new InputQueue();
  readonly #labels = new CompletionLabels();
  readonly #latency = new LatencyWindow();
  readonly #maxBytes: number;
  #totalRecords = 0;
  #totalBytes = 0;
  #consumed: Consumed = { records: 0, bytes: 0, position: undefined };
  #endOfInput = false;
  #fatalError: string | null = null;
  #health: ConnectorHealth | null = null;
  #frontier: InputConnectorStats["completedFrontier"] = null;
  #paused: boolean;

  constructor(id: number, name: string, config: EndpointConfig, context: InputConnectorContext, transient = false) {
    this.id = id;
    this.name = name;
    this.config = config;
    this.transient = transient;
    this.#context = context;
    this.#maxBytes = config.max_queued_bytes ?? config.max_queued_records * 1000;
    this.#paused = config.paused || config.start_after !== null;
    this.parseErrors = new ConnectorErrors(context.clock, context.scrub);
    this.transportErrors = new ConnectorErrors(context.clock, context.scrub);
  }

  /** The user's flag alone. */
  get paused(): boolean {
    return this.#paused;
  }
  set paused(value: boolean) {
    if (this.#paused === value) return;
    this.#paused = value;
    this.changed.notify();
  }
  get full(): boolean {
    const { records } = this.#queue;
    if (records >= this.config.max_queued_records || this.#queue.bytes >= this.#maxBytes) return true;
    return records >= (this.#context.enough?.() ?? Infinity);
  }
  get endOfInput(): boolean {
    return this.#endOfInput;
  }
  /** End of input, and nothing waits in the queue. */
  get finished(): boolean {
    return this.#endOfInput && this.#queue.records === 0;
  }
  get fatalError(): string | null {
    return this.#fatalError;
  }
  get bufferedRecords(): number {
    return this.#queue.records;
  }
  get bufferedBytes(): number {
    return this.#queue.bytes;
  }
  get totalRecords(): number {
    return this.#totalRecords;
  }
  get totalBytes(): number {
    return this.#totalBytes;
  }
  get oldestQueuedAt(): number | undefined {
    return this.#queue.oldestAt;
  }

  /**
   * The source stands there before its first row. It is kept at once: a source that begins at its end, or anywhere it likes, must not begin
   * somewhere else when the process ends before a row has come.
   */
  begins(position: ResumePoint): void {
    if (this.#totalRecords > 0) return;
    this.#consumed = { ...this.#consumed, position };
    this.#context.log?.(this, { batch: { rows: [], ops: undefined }, bytes: 0, end: 0, position });
  }

  /** `position`: where the source continues behind the batch, if it can. */
  enqueue(batch: ChangeBatch, bytes: number, position?: ResumePoint): void {
    this.#totalBytes += bytes;
    if (batch.rows.length === 0) return;
    this.#totalRecords += batch.rows.length;
    this.#context.log?.(this, { batch, bytes, end: this.#totalRecords, position });
    this.#queue.push(batch, bytes, this.#context.clock.now(), position);
    this.#context.onQueued();
  }

  /** Continues the counts of an earlier run. */
  restore(consumed: Consumed, state: { readonly paused: boolean; readonly ended: boolean; readonly parseErrors: number }): void {
    this.#consumed = consumed;
    this.#totalRecords = consumed.records;
    this.#totalBytes = consumed.bytes;
    this.#endOfInput = state.ended;
    this.#paused = state.paused;
    this.parseErrors.restore(state.parseErrors);
    this.#labels.consumed(consumed.records, 0);
  }
  /** Queues rows that are in the journal already; of those that a step had taken before, nothing. */
  requeue({ batch, bytes, end, position }: QueuedRows): void {
    const fresh = end - this.#totalRecords;
    if (fresh <= 0) return;
    const { ops, rows } = batch;
    const first = Math.max(0, rows.length - fresh);
    const part = first === 0 ? batch : { rows: rows.slice(first), ops: ops?.subarray(first) };
    const share = Math.round((bytes * part.rows.length) / rows.length);
    this.#totalRecords = end;
    this.#totalBytes += share;
    this.#queue.push(part, share, this.#context.clock.now(), position);
  }
  get consumed(): Consumed {
    return this.#consumed;
  }

  take(limit: number, step: number): TakenInput | undefined {
    const taken = this.#queue.take(limit);
    if (taken === undefined) return undefined;
    const { bytes, records, position } = this.#consumed;
    this.#consumed = {
      records: records + taken.records,
      bytes: bytes + taken.bytes,
      position: taken.wholeBatches === 0 ? position : taken.position,
    };
    this.#labels.consumed(this.#consumed.records, step);
    if (!this.full) this.changed.notify();
    return taken;
  }

  /** Everything derived from a taken piece has reached every sink. */
  completed(piece: { readonly ingestedAt: number; readonly firstQueuedAt: number; readonly processedAt: number }): void {
    const now = this.#context.clock.now();
    this.#latency.add((now - piece.firstQueuedAt) * 1000);
    this.#frontier = {
      metadata: {},
      ingestedAt: timestamp(piece.ingestedAt),
      processedAt: timestamp(piece.processedAt),
      completedAt: timestamp(now),
    };
  }

  /** Counts what a completion token covers. */
  requestCompletion(): number {
    this.#labels.request(this.#totalRecords);
    return this.#totalRecords;
  }
  completionStep(count: number): number | null {
    return this.#labels.stepOf(count);
  }

  ended(): void {
    this.#endOfInput = true;
    this.#health = null;
    this.#context.onQueued();
  }

  /** The first fatal error wins; the connector stops for good. */
  failed(message: string, tag: string | undefined): void {
    this.#fatalError ??= this.transportErrors.add(message, tag).message;
  }
  retryableError(message: string, tag: string | undefined): void {
    const entry = this.transportErrors.add(message, tag);
    this.#health = { status: "Unhealthy", description: entry.message };
  }
  recovered(): void {
    this.#health = null;
  }

  stats(withErrors: boolean): InputConnectorStats {
    return {
      endpointName: this.name,
      stream: this.config.stream,
      metrics: {
        totalBytes: this.#totalBytes,
        totalRecords: this.#totalRecords,
        bufferedRecords: this.#queue.records,
        bufferedBytes: this.#queue.bytes,
        numTransportErrors: this.transportErrors.count,
        numParseErrors: this.parseErrors.count,
        endOfInput: this.#endOfInput,
        processingLatencyP99Micros: this.#latencyMicros(),
      },
      fatalError: this.#fatalError,
      ...(withErrors ? { parseErrors: this.parseErrors.list(), transportErrors: this.transportErrors.list() } : {}),
      health: this.#health,
      paused: this.#paused,
      position: placeOf(this.#consumed.position),
      barrier: false,
      completedFrontier: this.#frontier,
    };
  }

  #latencyMicros(): number | undefined {
    const p99 = this.#latency.p99();
    return p99 === undefined ? undefined : Math.round(p99);
  }
}

function placeOf(position: ResumePoint | undefined): { readonly at: unknown; readonly skip: number } | null {
  return position === undefined ? null : { at: position.at, skip: position.skip };
}
