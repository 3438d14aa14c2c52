import type { SinkPosition } from "@headgate/connector-kit";
import type { EndpointConfig } from "../connector-config.ts";
import type { ResumePoint } from "../journal/records.ts";
import type { Delivery } from "../output-connector/reset.ts";
import type { CheckpointMetadata } from "../socket/protocol.ts";
import { storageFault } from "../journal/storage-fault.ts";

/** How far the step loop was after a step. */
export interface LoopState {
  readonly step: number;
  /** Steps in the journal up to this one. */
  readonly sequence: number;
  readonly inputRecords: number;
  readonly processedBytes: number;
  /** Records of ad-hoc INSERTs that steps took. */
  readonly insertedRecords: number;
}

export interface InputState {
  readonly records: number;
  readonly bytes: number;
  readonly position: ResumePoint | null;
  readonly paused: boolean;
  readonly ended: boolean;
  readonly parseErrors: number;
  /** Of the connector's configuration and its table; null for endpoints of HTTP requests. */
  readonly fingerprint: string | null;
  /** Endpoints of HTTP requests are made anew from this. */
  readonly transient: EndpointConfig | null;
}

export interface OutputState {
  readonly fingerprint: string;
  /** The sink has everything up to this step. */
  readonly step: number;
  readonly inputRecords: number;
  /** Where the sink's content ends after that step; null when it does not know. */
  readonly position: SinkPosition | null;
  readonly transmittedRecords: number;
  readonly transmittedBytes: number;
  /** The last reset that was begun, and the last snapshot that was delivered. */
  readonly generation: number;
  readonly delivery: Delivery | null;
  /** A snapshot is on its way, or the sink broke for good: it needs its whole content. */
  readonly needsSnapshot: boolean;
}

type Inputs = Readonly<Record<string, InputState>>;

/** What goes into each commit of the store, besides the relations. */
export interface DurableState {
  readonly version: 1;
  readonly loop: LoopState;
  readonly inputs: Inputs;
  /** The store may be one step behind the loop: how it was then, with the inputs that the step changed. */
  readonly before: {
    readonly loop: LoopState;
    readonly inputs: Readonly<Record<string, Pick<InputState, "records" | "bytes" | "position">>>;
  };
  readonly outputs: Readonly<Record<string, OutputState>>;
  readonly checkpoints: readonly CheckpointMetadata[];
  /** Milliseconds since the epoch. */
  readonly initialStart: number;
  /** The oldest segments that are still needed. */
  readonly journal: number;
  readonly outbox: number;
}

/** The state as it was at `step`. @throws PipelineError `StorageError` */
export function readDurableState(text: string, step: number, path: string): DurableState {
  const state = JSON.parse(text) as DurableState;
  if (state.version !== 1) {
    throw storageFault(
      path,
      "the store was written by another version of Headgate. Start the pipeline with that one, or clear its storage",
    );
  }
  if (state.loop.step === step) return state;
  if (state.before.loop.step !== step) {
    throw storageFault(
      path,
      `the store holds step ${String(step)}, but its connectors were at step ${String(state.loop.step)}: clear the storage`,
    );
  }
  const inputs = { ...state.inputs };
  for (const [name, earlier] of Object.entries(state.before.inputs)) {
    const input = inputs[name];
    if (input !== undefined) inputs[name] = { ...input, ...earlier };
  }
  return { ...state, loop: state.before.loop, inputs };
}
