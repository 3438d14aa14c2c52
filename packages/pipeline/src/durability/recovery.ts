import type { SinkPosition } from "@headgate/connector-kit";
import type { Delta, ProgramChange } from "@headgate/engine";
import type { EndpointConfig } from "../connector-config.ts";
import { crashPoint } from "../crash-points.ts";
import { InputConnector, type Consumed } from "../input-connector/input-connector.ts";
import type { ByteReader } from "../journal/byte-reader.ts";
import { readSegment, type SegmentSequence } from "../journal/read-segments.ts";
import { readDelta, readDeltaHead, recordKind, type ResumePoint } from "../journal/records.ts";
import type { RestoredOutput } from "../output-connector/output-options.ts";
import type { Progress } from "../output-connector/output-queue.ts";
import { ingressEndpoint } from "../http-ingress/ingress-endpoint.ts";
import type { Pipeline } from "../runtime/pipeline.ts";
import { adHocEndpoint } from "../runtime/step-intake.ts";
import type { DurableState, InputState } from "./durable-state.ts";
import type { DurableStorage } from "./durable-storage.ts";
import { hasTable, type JournalReader, type JournalScan } from "./journal-scan.ts";

/** How a declared input goes on. */
export interface InputResume {
  readonly consumed: Consumed;
  readonly paused: boolean;
  readonly ended: boolean;
  readonly parseErrors: number;
  /** Where its source is read on; undefined: from its beginning. */
  readonly position: ResumePoint | undefined;
}

/** How a declared output goes on. */
export interface OutputResume {
  readonly since: Progress;
  readonly restored: RestoredOutput;
  /** Undefined: the sink's content is begun anew. */
  readonly resumeAt: SinkPosition | undefined;
  /** Deltas that it may not have are sent again. */
  readonly redeliver: boolean;
}

export interface RecoveryParts {
  readonly state: DurableState | undefined;
  readonly changed: ProgramChange | undefined;
  /** Outputs of changed views do not get the rebuilt content. */
  readonly silent: boolean;
  readonly fingerprints: ReadonlyMap<string, string>;
  readonly reader: JournalReader;
  readonly scan: JournalScan;
  readonly outboxFiles: SegmentSequence;
  readonly outboxSegments: readonly number[];
}

const nothing: Consumed = { records: 0, bytes: 0, position: undefined };
const start: Progress = { step: 0, inputRecords: 0 };

/** Brings a pipeline to where an earlier process was when it ended, however it ended. */
export class Recovery {
  readonly #parts: RecoveryParts;
  readonly #changedViews: ReadonlySet<string>;

  constructor(parts: RecoveryParts) {
    this.#parts = parts;
    const views = parts.changed?.views;
    this.#changedViews = new Set([...(views?.added ?? []), ...(views?.modified ?? [])]);
  }

  /** The program is not the one that the storage belongs to. */
  get programChanged(): boolean {
    return this.#parts.changed !== undefined && isChange(this.#parts.changed);
  }
  get #progress(): Progress {
    return this.#parts.state?.loop ?? start;
  }

  // ---- what connectors need before they are opened ---------------------------------------------------------------------

  /** Undefined: the connector is new, or another than before, and starts anew. */
  input(name: string, { stream }: EndpointConfig): InputResume | undefined {
    const { changed, fingerprints, scan, state } = this.#parts;
    const fingerprint = fingerprints.get(name);
    if (changed?.tables.modified.includes(stream) === true || changed?.tables.added.includes(stream) === true) return undefined;
    const known = state?.inputs[name];
    const last = scan.last.get(name);
    const same = known === undefined ? last?.position?.of === fingerprint : known.fingerprint === fingerprint;
    if (!same || (known === undefined && last === undefined)) return undefined;
    const consumed = consumedOf(known);
    const pauses = scan.controls.flatMap((control) => (control.type === "paused" && control.input === name ? [control.paused] : []));
    return {
      consumed,
      paused: pauses.at(-1) ?? known?.paused ?? false,
      ended: known?.ended === true && (last === undefined || last.end <= consumed.records),
      parseErrors: known?.parseErrors ?? 0,
      position: last !== undefined && last.end >= consumed.records ? last.position : consumed.position,
    };
  }

  /** Undefined: the connector is new, or another than before. It follows what comes after the stored steps. */
  output(name: string, { send_snapshot, stream }: EndpointConfig): OutputResume | undefined {
    const { fingerprints, scan, silent, state } = this.#parts;
    const known = state?.outputs[name];
    if (known === undefined || known.fingerprint !== fingerprints.get(name)) return undefined;
    const resets = scan.controls.flatMap((control) => (control.type === "reset" && control.output === name ? [control.generation] : []));
    const generation = Math.max(known.generation, ...resets);
    const pending = known.needsSnapshot || generation > known.generation;
    const restored = {
      generation,
      delivery: known.delivery,
      transmittedRecords: known.transmittedRecords,
      transmittedBytes: known.transmittedBytes,
      needsSnapshot: pending && send_snapshot,
    };
    const resumeAt = known.position ?? undefined;
    if (this.#changedViews.has(stream)) {
      if (!silent)
        return { since: this.#progress, restored: { ...restored, needsSnapshot: send_snapshot }, resumeAt: undefined, redeliver: false };
      const { inputRecords, step } = this.#progress;
      return { since: { step: step + 1, inputRecords }, restored, resumeAt, redeliver: false };
    }
    if (pending && !send_snapshot) return { since: this.#progress, restored, resumeAt, redeliver: false };
    return { since: { step: known.step, inputRecords: known.inputRecords }, restored, resumeAt, redeliver: !pending };
  }

  /** Where an output begins that is not continued: behind the steps that the store has. */
  get freshSince(): Progress {
    return this.#progress;
  }

  // ---- doing it again ----------------------------------------------------------------------------------------------------

  /** Called when all connectors stand and none runs. @throws what makes the pipeline unable to go on */
  async run(pipeline: Pipeline, storage: DurableStorage, report: (status: "Bootstrapping" | "Replaying") => void): Promise<void> {
    const { log } = pipeline.parts;
    const { loop } = pipeline;
    crashPoint("recovery.begun");
    await this.#redeliver(pipeline, storage);
    const queues = this.#queues(pipeline);
    if (this.programChanged) {
      report("Bootstrapping");
      log.info("the program changed: views that did are computed anew");
      await loop.bootstrap();
    }
    const replayed = await this.#replay(pipeline, storage, queues, report);
    const left = takeLeft(pipeline, queues);
    if (left) await loop.bootstrap();
    if (replayed > 0) log.info(`${String(replayed)} steps after the last commit were done again from the journal`);
    // From here on the journal speaks of this program and these connectors.
    if (this.programChanged || left) await storage.commit();
    crashPoint("recovery.done");
  }

  async #redeliver(pipeline: Pipeline, storage: DurableStorage): Promise<void> {
    const { found, stale } = await this.#undelivered(pipeline);
    for (const [name, steps] of found) {
      const output = pipeline.outputs.get(name);
      if (output === undefined) continue;
      for (const [step, { inputRecords, payload, segment }] of [...steps].sort(([a], [b]) => a - b)) {
        const delta: Delta = readDelta(payload, storage.codecs.of(output.config.stream));
        // Beside records that no longer hold, the good ones are written anew with the next commit, so that the segment can go.
        if (!stale) storage.outboxHolds(name, step, segment);
        output.keep({ step, inputRecords }, delta, !stale);
        output.push({ step, inputRecords }, delta);
      }
    }
    for (const output of pipeline.outputs.values()) output.push(this.#progress, undefined);
  }

  /**
   * What outputs have not acknowledged of stored steps. A commit that did not come about leaves records that do not hold: of steps that the
   * store does not have, and of steps that were done again and written again. The last word on a step is the right one.
   */
  async #undelivered(
    pipeline: Pipeline,
  ): Promise<{ readonly found: ReadonlyMap<string, Map<number, Undelivered>>; readonly stale: boolean }> {
    const { outboxFiles, outboxSegments } = this.#parts;
    const found = new Map<string, Map<number, Undelivered>>();
    let stale = false;
    for (const segment of outboxSegments) {
      for (const { payload } of (await readSegment(outboxFiles, segment)).filter(({ kind }) => kind === recordKind.delta)) {
        const { inputRecords, output: name, step } = readDeltaHead(payload);
        const output = pipeline.outputs.get(name);
        const resume = output === undefined ? undefined : this.output(name, output.config);
        if (resume?.redeliver !== true || step <= resume.since.step) continue;
        const steps = found.get(name) ?? new Map<number, Undelivered>();
        stale ||= step > this.#progress.step || steps.has(step);
        if (step > this.#progress.step) continue;
        found.set(name, steps.set(step, { inputRecords, payload, segment }));
      }
    }
    return { found, stale };
  }

  /** A queue for every endpoint that the journal can speak of. */
  #queues(pipeline: Pipeline): Map<string, InputConnector> {
    const { scan, state } = this.#parts;
    const queues = new Map<string, InputConnector>();
    const { clock, program, scrub } = pipeline.parts;
    for (const name of new Set([...Object.keys(state?.inputs ?? {}), ...scan.last.keys()])) {
      if (name === adHocEndpoint) continue;
      const known = state?.inputs[name];
      const declared = pipeline.inputs.get(name);
      if (declared !== undefined && this.input(name, declared.config) !== undefined) {
        queues.set(name, declared);
        continue;
      }
      const table = scan.last.get(name)?.table ?? known?.transient?.stream;
      if (table === undefined || !hasTable(program, table)) continue;
      const config = known?.transient ?? ingressEndpoint(table, null);
      const isRequest = known === undefined ? name.startsWith(`${table}.api-ingress-`) : known.transient !== null;
      const input = isRequest
        ? pipeline.addInput(name, config)
        : new InputConnector(-1, name, config, { clock, scrub, onQueued: () => undefined });
      const pauses = scan.controls.flatMap((control) => (control.type === "paused" && control.input === name ? [control.paused] : []));
      const paused = pauses.at(-1) ?? known?.paused ?? false;
      input.restore(consumedOf(known), { paused, ended: false, parseErrors: known?.parseErrors ?? 0 });
      queues.set(name, input);
    }
    return queues;
  }

  async #replay(
    pipeline: Pipeline,
    storage: DurableStorage,
    queues: ReadonlyMap<string, InputConnector>,
    report: (status: "Replaying") => void,
  ): Promise<number> {
    const { loop } = pipeline;
    const done = this.#parts.state?.loop.sequence ?? 0;
    let inserted = this.#parts.state?.loop.insertedRecords ?? 0;
    let replayed = 0;
    for await (const event of this.#parts.reader.events(storage.journal.index)) {
      if (event.kind === "rows") {
        if (event.endpoint !== adHocEndpoint) queues.get(event.endpoint)?.requeue(event.rows);
        else if (event.rows.end > inserted) {
          inserted = event.rows.end;
          loop.reinsert(event.table, event.rows.batch);
        }
        continue;
      }
      if (event.step.sequence <= done) continue;
      if (replayed === 0) report("Replaying");
      await loop.replay(event.step, queues);
      replayed += 1;
      crashPoint("recovery.replayed");
    }
    return replayed;
  }
}

/** Rows of connectors that are gone, or are others now, are rows of their tables still. */
function takeLeft({ inputs, loop }: Pipeline, queues: ReadonlyMap<string, InputConnector>): boolean {
  let any = false;
  for (const [name, queue] of queues) {
    if (inputs.get(name) === queue) continue;
    const taken = queue.take(Infinity, 0);
    for (const batch of taken?.batches ?? []) loop.reinsert(queue.config.stream, batch);
    any ||= taken !== undefined;
  }
  return any;
}

const consumedOf = (known: InputState | undefined): Consumed =>
  known === undefined ? nothing : { records: known.records, bytes: known.bytes, position: known.position ?? undefined };

/** True when anything is not as it was. */
export const isChange = ({ tables, views }: ProgramChange): boolean =>
  [tables, views].some(({ added, modified, removed }) => added.length + modified.length + removed.length > 0);

interface Undelivered {
  readonly inputRecords: number;
  readonly payload: ByteReader;
  /** Number of the outbox's segment that has it. */
  readonly segment: number;
}
