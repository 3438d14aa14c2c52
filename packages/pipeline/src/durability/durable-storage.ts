import { mkdir, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { ChangeBatch, Engine, Program } from "@headgate/engine";
import { crashPoint } from "../crash-points.ts";
import type { InputConnector, QueuedRows } from "../input-connector/input-connector.ts";
import type { Journal } from "../journal/journal.ts";
import { lockDirectory, type DirectoryLock } from "../journal/directory-lock.ts";
import type { Outbox } from "../journal/outbox.ts";
import type { SegmentSequence } from "../journal/read-segments.ts";
import {
  recordKind,
  RowCodecs,
  writeControl,
  writeDelta,
  writeRows,
  writeStep,
  type ControlRecord,
  type StepRecord,
} from "../journal/records.ts";
import type { Pipeline } from "../runtime/pipeline.ts";
import { adHocEndpoint } from "../runtime/step-intake.ts";
import type { StepJournal } from "../runtime/step-loop.ts";
import { Checkpoints } from "./checkpoints.ts";
import type { DurableState, InputState, LoopState, OutputState } from "./durable-state.ts";

/** What a pipeline's durable side is made of. */
export interface DurableParts {
  readonly directory: string;
  readonly program: Program;
  readonly programFingerprint: number;
  /** Fingerprint of each declared connector. */
  readonly fingerprints: ReadonlyMap<string, string>;
}

/** Where the journal's and the outbox's segments are. */
export const journalFiles = (directory: string): SegmentSequence => ({ directory: join(directory, "journal"), name: "journal" });
export const outboxFiles = (directory: string): SegmentSequence => ({ directory: join(directory, "journal"), name: "outbox" });

const stepKey = "step";
const inputKey = (endpoint: string): string => `in:${endpoint}`;

/** Takes a storage directory for this process and makes its folders. @throws PipelineError `StorageError` */
export async function takeStorage(directory: string): Promise<DirectoryLock> {
  await mkdir(join(directory, "journal"), { recursive: true });
  return lockDirectory(directory);
}

/**
 * Keeps a pipeline's steps over a crash: the journal of what came in, the outbox of what has not gone out, and the commits of the store
 * that both are cut behind.
 */
export class DurableStorage implements StepJournal {
  readonly codecs: RowCodecs;
  readonly checkpoints: Checkpoints;
  initialStart: number;
  readonly #parts: DurableParts;
  readonly #journal: Journal;
  readonly #outbox: Outbox;
  readonly #lock: DirectoryLock;
  readonly #pipeline: () => Pipeline;
  /** For commits that were begun: the segments that are needed once one of that step is done. */
  #needed: { readonly step: number; readonly journal: number; readonly outbox: number }[] = [];

  constructor(parts: DurableParts, files: { journal: Journal; outbox: Outbox; lock: DirectoryLock }, pipeline: () => Pipeline) {
    this.#parts = parts;
    this.#journal = files.journal;
    this.#outbox = files.outbox;
    this.#lock = files.lock;
    this.#pipeline = pipeline;
    this.codecs = new RowCodecs([...parts.program.tables, ...parts.program.views]);
    const clock = {
      now: () => pipeline().parts.clock.now(),
      sleep: (ms: number, signal?: AbortSignal) => pipeline().parts.clock.sleep(ms, signal),
    };
    this.initialStart = Date.now();
    this.checkpoints = new Checkpoints({
      clock,
      fingerprint: parts.programFingerprint,
      commit: async () => {
        await this.commit();
        await this.#journal.rotate();
        await this.commit();
      },
      storageBytes: () => this.#pipeline().storageBytes(),
    });
  }

  get #engine(): Engine {
    return this.#pipeline().parts.engine;
  }
  get journal(): Journal {
    return this.#journal;
  }

  // ---- the journal -------------------------------------------------------------------------------------------------------

  rows({ config, name }: InputConnector, { batch, bytes, end, position }: QueuedRows): void {
    const place = position === undefined ? undefined : { ...position, of: this.#parts.fingerprints.get(name) };
    this.#logRows(name, config.stream, { batch, bytes, end, position: place });
  }
  insert(table: string, batch: ChangeBatch, end: number): void {
    this.#logRows(adHocEndpoint, table, { batch, bytes: 0, end, position: undefined });
  }
  #logRows(endpoint: string, table: string, { batch, bytes, end, position }: QueuedRows): void {
    const codec = this.codecs.of(table);
    const shape = this.codecs.shapeOf(table) ?? "";
    const write = { endpoint, table, shape, end, bytes, position, batch };
    this.#journal.append(recordKind.rows, (out) => writeRows(out, codec, write), { key: inputKey(endpoint), value: end });
  }

  begin(record: StepRecord): Promise<void> {
    this.#journal.append(recordKind.step, (out) => writeStep(out, record), { key: stepKey, value: record.sequence });
    return this.#journal.synced();
  }
  control(record: ControlRecord): void {
    this.#journal.append(recordKind.control, (out) => writeControl(out, record));
  }
  /** Bytes of the journal and of what waits for sinks, on disk. */
  async journalBytes(): Promise<number> {
    const { directory } = journalFiles(this.#parts.directory);
    const names = await readdir(directory);
    // One that is removed meanwhile counts no more.
    const sizes = await Promise.all(
      names.map((name) =>
        stat(join(directory, name)).then(
          ({ size }) => size,
          () => 0,
        ),
      ),
    );
    return sizes.reduce((sum, size) => sum + size, 0);
  }
  /** Resolves when everything that was queued or asked for so far is on disk. @throws PipelineError `StorageError` */
  synced(): Promise<void> {
    return this.#journal.synced();
  }

  /** An undelivered delta of an earlier run stands in a segment. */
  outboxHolds(output: string, step: number, segment: number): void {
    this.#outbox.index.holds(output, step, segment);
  }

  // ---- commits -----------------------------------------------------------------------------------------------------------

  /** Commits what is done, and removes what no restart can need any more. @throws what the store throws */
  async commit(): Promise<void> {
    await Promise.all([...this.#pipeline().outputs.values()].map((output) => output.sync()));
    const committing = this.#engine.commit();
    crashPoint("commit.running");
    const { step } = await committing;
    crashPoint("commit.done");
    const done = this.#needed.filter((entry) => entry.step <= step).at(-1);
    this.#needed = this.#needed.filter((entry) => entry.step > step);
    if (done === undefined) return;
    await this.#journal.dropBefore(done.journal);
    await this.#outbox.dropBefore(done.outbox);
  }

  /** What the store writes with a commit. It may be one step behind the loop, so both are told. */
  readonly commitData = (): string => {
    const { loop } = this.#pipeline();
    const state = this.#state();
    this.#storeUndelivered();
    this.#needed.push({ step: state.loop.step, journal: state.journal, outbox: state.outbox });
    crashPoint("commit.begun");
    return JSON.stringify({ ...state, before: { loop: loop.before.loop, inputs: state.before.inputs } });
  };

  /** Before the store is ahead of them, deltas that a sink has not must be on disk. */
  #storeUndelivered(): void {
    for (const [name, output] of this.#pipeline().outputs) {
      if (!this.#parts.fingerprints.has(name)) continue;
      const codec = this.codecs.of(output.config.stream);
      this.#outbox.append(
        output.undelivered().map(({ delta, progress: { inputRecords, step } }) => ({
          kind: recordKind.delta,
          held: { key: name, value: step },
          write: (out) => writeDelta(out, codec, { output: name, step, inputRecords, delta }),
        })),
      );
    }
  }

  #state(): DurableState {
    const { inputs, loop, outputs } = this.#pipeline();
    const inputStates: Record<string, InputState> = {};
    for (const [name, input] of inputs) inputStates[name] = this.#inputState(input);
    const earlier: Record<string, Pick<InputState, "records" | "bytes" | "position">> = {};
    for (const [name, { bytes, position, records }] of loop.before.inputs) earlier[name] = { records, bytes, position: position ?? null };
    const outputStates: Record<string, OutputState> = {};
    for (const [name, output] of outputs) {
      const fingerprint = this.#parts.fingerprints.get(name);
      if (fingerprint !== undefined) outputStates[name] = output.state(fingerprint);
    }
    return {
      version: 1,
      loop: loop.state,
      inputs: inputStates,
      before: { loop: loop.before.loop, inputs: earlier },
      outputs: outputStates,
      checkpoints: this.checkpoints.forCommit(loop.state),
      initialStart: this.initialStart,
      journal: this.#journal.index.firstNeeded(coveredBy(loop.before.loop, inputStates, earlier)),
      outbox: this.#outbox.firstNeeded((name) => outputStates[name]?.step ?? Infinity),
    };
  }

  #inputState(input: InputConnector): InputState {
    const { bytes, position, records } = input.consumed;
    const { config, endOfInput, name, parseErrors, paused, transient } = input;
    return {
      records,
      bytes,
      position: position ?? null,
      paused,
      ended: endOfInput && records === input.totalRecords,
      parseErrors: parseErrors.count,
      fingerprint: this.#parts.fingerprints.get(name) ?? null,
      transient: transient ? config : null,
    };
  }

  /** Closes the files; what is gathered is written first. Never throws. */
  async close(): Promise<void> {
    await this.#journal.close();
    this.#outbox.close();
  }
  /** Gives the directory back, once the engine is closed too. */
  release(): Promise<void> {
    return this.#lock.release();
  }
}

/** What the store holds at the least: as it was before the last step. */
function coveredBy(
  before: LoopState,
  inputs: Readonly<Record<string, InputState>>,
  earlier: Readonly<Record<string, { readonly records: number }>>,
): (key: string) => number {
  return (key) => {
    if (key === stepKey) return before.sequence;
    const endpoint = key.slice(inputKey("").length);
    if (endpoint === adHocEndpoint) return before.insertedRecords;
    return earlier[endpoint]?.records ?? inputs[endpoint]?.records ?? Infinity;
  };
}
