/**
 * What the control plane and a pipeline process say to each other. Requests go over HTTP on a unix socket (routes below),
 * life-cycle news over the IPC channel of the child process. Domain words in camel case; `server/src/wire` turns them into
 * the published bodies.
 */
import type { CompilerMessage, Dataflow, Maintenance, Program, ProgramChange } from "@headgate/engine";
import type { EndpointConfig } from "../connector-config.ts";

// ---- compile ---------------------------------------------------------------------------------------------------------

export interface CompiledPipeline {
  readonly program: Program;
  /** Endpoint name → configuration, in order of declaration. */
  readonly inputConnectors: Readonly<Record<string, EndpointConfig>>;
  readonly outputConnectors: Readonly<Record<string, EndpointConfig>>;
  /** How the program is going to be computed. Absent from programs that an earlier version compiled. */
  readonly dataflow?: CompiledDataflow;
}
/** The engine's graph, in a form that JSON carries. */
export interface CompiledDataflow {
  /** In order of declaration; local views included. */
  readonly views: readonly { readonly name: string; readonly maintenance: Maintenance }[];
  readonly nodes: Dataflow["nodes"];
}
export type CompilePipelineResult =
  | { readonly ok: true; readonly compiled: CompiledPipeline; readonly warnings: readonly CompilerMessage[] }
  | { readonly ok: false; readonly messages: readonly CompilerMessage[] };

/** What a program can name as the transport of a connector. */
export interface TransportNames {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

// ---- deployment and life-cycle (IPC) -----------------------------------------------------------------------------------

export interface RuntimeOptions {
  readonly workers: number;
  readonly minBatchSizeRecords: number;
  readonly maxBufferingDelayUsecs: number;
  readonly maxRssMb: number | null;
  readonly memoryMbMax: number | null;
  /** False: everything in memory, and nothing outlives the process. */
  readonly storage: boolean;
  /** Seconds between checkpoints taken by themselves (`fault_tolerance.checkpoint_interval_secs`); null: only when asked. */
  readonly checkpointIntervalSecs: number | null;
  /** How often NOW() moves, in microseconds (`clock_resolution_usecs`); null: it stays at the start of the pipeline. */
  readonly clockResolutionUsecs: number | null;
  /** Environment for `${env:NAME}` references, on top of the process's own. */
  readonly env: Readonly<Record<string, string>>;
}

export interface Deployment {
  readonly pipelineName: string;
  /** UUID of this life of the pipeline; tokens carry it. */
  readonly incarnation: string;
  readonly socketPath: string;
  readonly storageDirectory: string;
  readonly compiled: CompiledPipeline;
  readonly options: RuntimeOptions;
  readonly initial: "running" | "paused";
  readonly bootstrap: BootstrapOptions;
}

/** What to do when the program differs from the one that the storage belongs to (`/start`). */
export interface BootstrapOptions {
  /** allow: rebuild what changed. reject: fail with `BootstrapRejected`. await_approval: wait in `AwaitingApproval` for POST /approve. */
  readonly policy: "allow" | "reject" | "await_approval";
  /** Outputs of changed views do not get the rebuilt content, only what changes after it. */
  readonly silent: boolean;
}

/**
 * AwaitingApproval: the program changed and somebody must approve. Bootstrapping: changed views are rebuilt. Replaying: steps after
 * the last commit are done again from the log. Suspended: everything is on disk and the process is about to exit with code 0.
 */
export type RuntimeStatus = "Initializing" | "AwaitingApproval" | "Bootstrapping" | "Replaying" | "Paused" | "Running" | "Suspended";

/** Control plane → pipeline process. */
export type ParentMessage = { readonly type: "deploy"; readonly deployment: Deployment };
/** Pipeline process → control plane. After `failed` the process exits with code 1. */
export type ChildMessage =
  { readonly type: "status"; readonly status: RuntimeStatus } | { readonly type: "failed"; readonly error: SocketError };

/** Body of every non-2xx answer on the socket. */
export interface SocketError {
  readonly code: PipelineErrorCode;
  readonly message: string;
  readonly details: unknown;
}

/**
 * Codes as published for the pipeline process (facts §3.12), so that the server only looks up their HTTP status.
 * `ConfigError.*` codes are deployment failures, or answers of ingress and egress.
 */
export type PipelineErrorCode =
  | "Initializing"
  | "AwaitingApproval"
  | "BootstrapInProgress"
  | "RestoreInProgress"
  | "BootstrapRejected"
  | "InvalidTransition"
  | "SuspendError"
  | "CheckpointError"
  | "Suspended"
  | "Terminating"
  | "PipelineRestarted"
  | "UnknownEndpointInCompletionToken"
  | "UnknownEndpointInResetToken"
  | "UnknownInputEndpoint"
  | "UnknownOutputEndpoint"
  | "InvalidParam"
  | "ParseErrors"
  | "AdHocQueryError"
  | "NotSupported"
  | "ApiConnectionLimit"
  | "InitializationError"
  | "InputTransportError"
  | "OutputTransportError"
  | "StorageError"
  | "RuntimeError.WorkerPanic"
  | "RuntimeError.OutOfMemory"
  | `ConfigError.${ConfigErrorKind}`;
export type ConfigErrorKind =
  | "PipelineConfigParseError"
  | "ParserConfigParseError"
  | "EncoderConfigParseError"
  | "UnknownInputFormat"
  | "UnknownOutputFormat"
  | "UnknownInputTransport"
  | "UnknownOutputTransport"
  | "UnknownInputStream"
  | "UnknownOutputStream"
  | "UnknownIndex"
  | "InputFormatNotSupported"
  | "OutputFormatNotSupported"
  | "InputFormatNotSpecified"
  | "OutputFormatNotSpecified"
  | "InvalidEncoderConfig"
  | "InvalidTransportConfig"
  | "CyclicDependency"
  | "EmptyStartAfter";

// ---- routes on the socket ------------------------------------------------------------------------------------------------
/**
 * | route | answer |
 * |---|---|
 * | GET /status | {@link RuntimeReport} |
 * | POST /pause · /resume | 204 once the desired state is set |
 * | POST /stop | 204 once the loop has ended at a step boundary and outputs are closed; then the process exits 0 |
 * | POST /suspend | {@link CheckpointMetadata}[] of the storage once a checkpoint is on disk and the loop has ended; then the process exits 0. `SuspendError` when it cannot be |
 * | POST /approve?silent=true\|false | 204; only in AwaitingApproval, else `InvalidTransition` |
 * | POST /checkpoint | {@link CheckpointRequested} |
 * | GET /checkpoint-status | {@link CheckpointStatus} |
 * | GET /checkpoints | {@link CheckpointMetadata}[] |
 * | GET /stats?errors=true\|false | {@link PipelineStats} |
 * | GET /inputs/{endpoint}/stats | {@link InputConnectorStats}, error lists included |
 * | POST /inputs/{endpoint}/start · /pause | 204 |
 * | GET /inputs/{endpoint}/completion-token | {@link Token} |
 * | GET /completion-status?token= | {@link CompletionStatus} |
 * | GET /outputs/{endpoint}/stats | {@link OutputConnectorStats}, error lists included |
 * | POST /outputs/{endpoint}/reset | {@link Token} |
 * | GET /reset-status?token= | {@link ResetStatus} |
 * | POST /ingress/{table}?<published query> | {@link Token}; body streamed |
 * | POST /egress/{relation}?<published query> | chunked stream of published chunks; body: ConnectorConfig or nothing |
 * | GET /query?sql=&format= | the result, streamed in its format |
 * | GET /metrics | {@link Metric}[] |
 * | GET /time-series | {@link TimeSeries} · GET /time-series-stream: one JSON {@link TimeSeriesSample} a line, the kept ones first |
 * Path segments are percent-encoded canonical names.
 */
export interface Token {
  readonly token: string;
}

export interface CheckpointRequested {
  /** 1 for the first request of this incarnation. */
  readonly sequenceNumber: number;
}
export interface CheckpointStatus {
  /** The last request that is on disk. */
  readonly success: number | null;
  readonly failure: { readonly sequenceNumber: number; readonly error: string; readonly failedAt: string } | null;
}
export interface CheckpointMetadata {
  readonly uuid: string;
  /** Of the program, as an unsigned 53-bit number: a checkpoint of another program has another one. */
  readonly fingerprint: number;
  /** Bytes on disk. */
  readonly size: number;
  readonly steps: number;
  readonly processedRecords: number;
}

/** Why a checkpoint cannot be taken, for ever or for now, in the published words. */
export type SuspendError =
  | { readonly permanent: readonly ("StorageRequired" | { readonly unsupportedInputEndpoint: string })[] }
  | { readonly temporary: readonly ("Replaying" | "Bootstrapping" | { readonly inputEndpointBarrier: string })[] };
export type CheckpointActivity =
  | { readonly status: "idle" }
  | { readonly status: "delayed"; readonly delayedSince: string; readonly reasons: readonly ("Replaying" | "Bootstrapping")[] }
  | { readonly status: "in_progress"; readonly startedAt: string };

/** What a sink may see of a step again after a crash. Beyond the published fields. */
export type Delivery = "exactly_once" | "at_least_once";

export interface RuntimeReport {
  readonly status: RuntimeStatus;
  readonly incarnation: string;
  /** In AwaitingApproval: how the program differs from the one that the storage belongs to. */
  readonly change?: ProgramChange;
}

export interface ConnectorErrorEntry {
  /** RFC 3339 with microseconds and Z. */
  readonly timestamp: string;
  /** 1-based running counter of that kind of error. */
  readonly index: number;
  readonly tag: string | null;
  readonly message: string;
}

export interface ConnectorHealth {
  readonly status: "Healthy" | "Unhealthy";
  readonly description: string | null;
}

export interface InputConnectorStats {
  readonly endpointName: string;
  readonly stream: string;
  readonly metrics: {
    readonly totalBytes: number;
    readonly totalRecords: number;
    readonly bufferedRecords: number;
    readonly bufferedBytes: number;
    readonly numTransportErrors: number;
    readonly numParseErrors: number;
    readonly endOfInput: boolean;
    /** From the moment a record was queued to the moment that every output had it; undefined before the first sample. */
    readonly processingLatencyP99Micros: number | undefined;
  };
  readonly fatalError: string | null;
  /** Present when asked for. */
  readonly parseErrors?: readonly ConnectorErrorEntry[];
  readonly transportErrors?: readonly ConnectorErrorEntry[];
  readonly health: ConnectorHealth | null;
  /** The user's flag alone. */
  readonly paused: boolean;
  /** Where the source goes on behind the rows that steps have taken; null when it has no such place. Beyond the published fields. */
  readonly position?: { readonly at: unknown; readonly skip: number } | null;
  readonly barrier: boolean;
  readonly completedFrontier: {
    readonly metadata: Readonly<Record<string, unknown>>;
    readonly ingestedAt: string;
    readonly processedAt: string;
    readonly completedAt: string;
  } | null;
}

export interface OutputConnectorStats {
  readonly endpointName: string;
  readonly stream: string;
  readonly metrics: {
    readonly transmittedRecords: number;
    readonly transmittedBytes: number;
    readonly queuedRecords: number;
    readonly queuedBatches: number;
    readonly bufferedRecords: number;
    readonly bufferedBatches: number;
    readonly numEncodeErrors: number;
    readonly numTransportErrors: number;
    readonly totalProcessedInputRecords: number;
    readonly totalProcessedSteps: number;
    /** Bytes held in the queue and the buffer, as estimated from the rows. */
    readonly memory: number;
  };
  readonly delivery: Delivery;
  readonly fatalError: string | null;
  readonly encodeErrors?: readonly ConnectorErrorEntry[];
  readonly transportErrors?: readonly ConnectorErrorEntry[];
  readonly health: ConnectorHealth | null;
  /** The reset under way, or null. Beyond the published fields. */
  readonly reset: {
    readonly phase: ResetPhase;
    readonly snapshotRecords: number | null;
    readonly snapshotRecordsSent: number;
    readonly error: string | null;
  } | null;
}

export interface PipelineStats {
  readonly global: {
    readonly state: "Paused" | "Running" | "Terminated";
    readonly incarnation: string;
    /** Unix seconds. */
    readonly startTime: number;
    readonly initialStartTime: number;
    readonly uptimeMsecs: number;
    readonly runtimeElapsedMsecs: number;
    readonly cpuMsecs: number;
    readonly rssBytes: number;
    readonly memoryPressure: "low" | "moderate" | "high" | "critical";
    readonly memoryPressureEpoch: number;
    readonly storageBytes: number;
    /** Integral of storage over time, in MiB × seconds. */
    readonly storageMbSecs: number;
    readonly outputStallMsecs: number;
    readonly totalInputRecords: number;
    readonly totalInputBytes: number;
    readonly bufferedInputRecords: number;
    readonly bufferedInputBytes: number;
    readonly totalProcessedRecords: number;
    readonly totalProcessedBytes: number;
    readonly totalCompletedRecords: number;
    readonly totalInitiatedSteps: number;
    readonly totalCompletedSteps: number;
    readonly pipelineComplete: boolean;
  };
  readonly suspendError: SuspendError | null;
  readonly checkpointActivity: CheckpointActivity;
  /** Sorted by endpoint name. */
  readonly inputs: readonly InputConnectorStats[];
  readonly outputs: readonly OutputConnectorStats[];
}

export interface CompletionStatus {
  readonly status: "complete" | "inprogress";
  readonly step: number | null;
}

export type ResetPhase = "draining" | "resetting_sink" | "snapshotting" | "following";

export interface ResetStatus {
  readonly status: "complete" | "inprogress";
  readonly phase: ResetPhase;
  /** Rows in the snapshot; null until it is cut. */
  readonly snapshotRecords: number | null;
  readonly snapshotRecordsSent: number;
  readonly startedAt: string;
  readonly completedAt: string | null;
  readonly estimatedCompletionAt: string | null;
  /** The last retryable error of the sink during this reset. */
  readonly error: string | null;
}

export interface MetricValue {
  readonly labels: Readonly<Record<string, string>>;
  readonly value:
    | number
    | {
        readonly buckets: readonly { readonly gt?: number; readonly le?: number; readonly count: number }[];
        readonly sum: number;
        readonly count: number;
      };
}
export interface Metric {
  readonly key: string;
  readonly type: "counter" | "gauge" | "histogram";
  readonly description: string;
  readonly values: readonly MetricValue[];
}

/** t: ms since the epoch; r: processed records; m: memory bytes; s: storage bytes. */
export interface TimeSeriesSample {
  readonly t: number;
  readonly r: number;
  readonly m: number;
  readonly s: number;
}
export interface TimeSeries {
  readonly now: number;
  /** At most 60, one a second, oldest first. */
  readonly samples: readonly TimeSeriesSample[];
}
