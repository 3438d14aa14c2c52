/**
 * The control plane as the HTTP shell sees it. Domain words; errors are {@link ManagerError}.
 */
import type { Readable } from "node:stream";
import type {
  CheckpointMetadata,
  CheckpointRequested,
  CheckpointStatus,
  CompilePipelineResult,
  CompiledDataflow,
  CompiledPipeline,
  CompletionStatus,
  InputConnectorStats,
  Metric,
  OutputConnectorStats,
  PipelineStats,
  ResetStatus,
  RuntimeReport,
  RuntimeStatus,
  TimeSeries,
  Token,
} from "@headgate/pipeline";
import type { CompilerMessage } from "@headgate/pipeline";
import type { ConnectService } from "./connect/api.ts";
import type { ConnectClusterOptions } from "./connect/kafka-connect/cluster-options.ts";

export type ResourcesStatus = "Stopped" | "Provisioning" | "Provisioned" | "Stopping";
export type ResourcesDesiredStatus = "Stopped" | "Provisioned";
export type DeployedRuntimeStatus = "Unavailable" | RuntimeStatus;
export type RuntimeDesiredStatus = "Paused" | "Running" | "Standby" | "Suspended";
/** How a program differs from the one that a storage belongs to. */
export type ProgramChange = NonNullable<RuntimeReport["change"]>;
export type ProgramStatus =
  "Pending" | "CompilingSql" | "SqlCompiled" | "CompilingRust" | "Success" | "SqlError" | "RustError" | "SystemError";
export type StorageStatus = "Cleared" | "InUse" | "Clearing";
export type BootstrapPolicy = "allow" | "reject" | "await_approval";

export interface DeploymentError {
  readonly code: string;
  readonly message: string;
  readonly details: unknown;
}

/** Timestamps are RFC 3339 with microseconds and Z. */
export interface Pipeline {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly createdAt: string;
  readonly version: number;
  readonly programVersion: number;
  readonly refreshVersion: number;
  readonly platformVersion: string;
  readonly programCode: string;
  readonly udfRust: string;
  readonly udfToml: string;
  /** The published RuntimeConfig, every default filled in. */
  readonly runtimeConfig: Readonly<Record<string, unknown>>;
  /** The published ProgramConfig, every default filled in. */
  readonly programConfig: Readonly<Record<string, unknown>>;
  readonly programStatus: ProgramStatus;
  readonly programStatusSince: string;
  readonly programError: {
    readonly sqlCompilation: { readonly exitCode: number; readonly messages: readonly CompilerMessage[] } | null;
    readonly systemError: string | null;
  };
  readonly compiled: CompiledPipeline | null;
  readonly resourcesStatus: ResourcesStatus;
  readonly resourcesStatusSince: string;
  readonly resourcesDesiredStatus: ResourcesDesiredStatus;
  readonly resourcesDesiredStatusSince: string;
  /** Null unless Provisioned. */
  readonly runtimeStatus: DeployedRuntimeStatus | null;
  readonly runtimeStatusSince: string | null;
  /** What has to be approved; null unless the runtime awaits approval. */
  readonly programChange: ProgramChange | null;
  /** Why the runtime is not what was asked for, in words; null when there is nothing to say. */
  readonly runtimeReason: string | null;
  readonly runtimeDesiredStatus: RuntimeDesiredStatus | null;
  readonly runtimeDesiredStatusSince: string | null;
  readonly deploymentInitial: RuntimeDesiredStatus | null;
  readonly bootstrapPolicy: BootstrapPolicy | null;
  readonly silentBootstrap: boolean | null;
  readonly concurrentBootstrap: boolean | null;
  /** The incarnation. */
  readonly deploymentId: string | null;
  readonly deploymentError: DeploymentError | null;
  readonly storageStatus: StorageStatus;
  /** As last seen in the storage. */
  readonly checkpoints: readonly CheckpointMetadata[];
  /** When the combined deployment status last changed. */
  readonly deploymentStatusSince: string;
  readonly deploymentDesiredStatusSince: string;
  /** Errors counted over all connectors, 0 when not deployed. */
  readonly connectorErrors: number;
}

/** Body of create and replace, already checked for shape; absent or null takes the default. */
export interface PipelineInput {
  readonly name: string;
  readonly programCode: string;
  readonly description?: string | null;
  readonly tags?: readonly string[] | null;
  readonly runtimeConfig?: Readonly<Record<string, unknown>> | null;
  readonly programConfig?: Readonly<Record<string, unknown>> | null;
  readonly udfRust?: string | null;
  readonly udfToml?: string | null;
}
/** Absent or null leaves as it is. */
export type PipelinePatch = { readonly [K in keyof PipelineInput]?: PipelineInput[K] | null };

export interface StartOptions {
  readonly initial?: "running" | "paused" | "standby" | string;
  readonly bootstrapPolicy?: BootstrapPolicy;
  readonly silentBootstrap?: boolean;
  readonly concurrentBootstrap?: boolean;
  readonly dismissError?: boolean;
}
export type ApproveOptions = Pick<StartOptions, "silentBootstrap" | "concurrentBootstrap">;

export interface PipelineService {
  list(): Promise<readonly Pipeline[]>;
  get(name: string): Promise<Pipeline>;
  create(input: PipelineInput): Promise<Pipeline>;
  replace(name: string, input: PipelineInput): Promise<{ readonly pipeline: Pipeline; readonly created: boolean }>;
  patch(name: string, patch: PipelinePatch): Promise<Pipeline>;
  delete(name: string): Promise<void>;
  /** Accepts; what was accepted happens after. */
  start(name: string, options: StartOptions): Promise<void>;
  pause(name: string): Promise<void>;
  resume(name: string): Promise<void>;
  /**
   * `force: false` suspends: a checkpoint first, then the end of the process; without storage it fails with `SuspendError`. What has not
   * come to a state worth a checkpoint is stopped as by force.
   */
  stop(name: string, options: { readonly force: boolean }): Promise<void>;
  clear(name: string): Promise<void>;
  dismissError(name: string): Promise<void>;
  validate(programCode: string): Promise<CompilePipelineResult>;
  /** How the program is computed. Fails with `ProgramNotCompiled`, or `ProgramInfoMissesDataflow` when another version compiled it. */
  dataflow(name: string): Promise<CompiledDataflow>;
  /** Past lines, then live ones until the signal aborts or the pipeline is deleted. */
  logs(name: string, signal: AbortSignal): Promise<AsyncIterable<string>>;
  events(name: string): Promise<readonly PipelineEvent[]>;
  event(name: string, id: string): Promise<PipelineEvent>;
}

/** One change of a pipeline's state, newest first in lists. */
export interface PipelineEvent {
  readonly eventId: string;
  readonly recordedAt: string;
  readonly resourcesStatus: ResourcesStatus;
  readonly resourcesDesiredStatus: ResourcesDesiredStatus;
  readonly runtimeStatus: DeployedRuntimeStatus | null;
  readonly runtimeDesiredStatus: RuntimeDesiredStatus | null;
  readonly deploymentError: DeploymentError | null;
  readonly programStatus: ProgramStatus;
  readonly storageStatus: StorageStatus;
}

/**
 * Calls into a deployed pipeline. All fail with `UnknownPipelineName`, then `PipelineInteractionNotDeployed`, then
 * `PipelineInteractionUnreachable` past the deadline (10 s; ingress 30 s; queries 120 s), else with the pipeline's own {@link ManagerError} code.
 * Reads of equal arguments that overlap in time share one request, and the very same result object; in a crowd of readers an
 * answer may be up to 20 ms old (see interaction/shared-reads).
 * `relation` is canonical (see wire/identifier), `connector` verbatim.
 */
export interface InteractionService {
  stats(pipeline: string, options: { readonly errors: boolean }): Promise<PipelineStats>;
  inputStats(pipeline: string, table: string, connector: string): Promise<InputConnectorStats>;
  controlInput(pipeline: string, table: string, connector: string, action: "start" | "pause"): Promise<void>;
  /** Lets a pipeline in AwaitingApproval go on. Fails with `InvalidBootstrapConfig` or `InvalidTransition`. */
  approve(pipeline: string, options: ApproveOptions): Promise<void>;
  /** Asks for a checkpoint; `incarnation` tells for which life of the pipeline the number counts. */
  checkpoint(pipeline: string): Promise<CheckpointRequested & { readonly incarnation: string | null }>;
  /** Fails with `IncarnationUuidMismatch` when one is given that is not the current one. */
  checkpointStatus(pipeline: string, incarnation?: string): Promise<CheckpointStatus>;
  checkpoints(pipeline: string): Promise<readonly CheckpointMetadata[]>;
  completionToken(pipeline: string, table: string, connector: string): Promise<Token>;
  completionStatus(pipeline: string, token: string): Promise<CompletionStatus>;
  outputStats(pipeline: string, view: string, connector: string): Promise<OutputConnectorStats>;
  resetOutput(pipeline: string, view: string, connector: string): Promise<Token>;
  resetStatus(pipeline: string, token: string): Promise<ResetStatus>;
  /** `query`: the published query string fields, verbatim. */
  ingress(pipeline: string, table: string, query: URLSearchParams, body: Readable, signal: AbortSignal): Promise<Token>;
  /** Resolves when the stream has begun; the caller destroys it to end the subscription. */
  egress(pipeline: string, relation: string, query: URLSearchParams, body: unknown, signal: AbortSignal): Promise<Readable>;
  query(
    pipeline: string,
    sql: string,
    format: string,
    signal: AbortSignal,
  ): Promise<{ readonly contentType: string; readonly body: Readable }>;
  metrics(pipeline: string): Promise<readonly Metric[]>;
  /** Every running pipeline that answers in time, each value labelled with `pipeline`. */
  allMetrics(): Promise<readonly Metric[]>;
  timeSeries(pipeline: string): Promise<TimeSeries>;
  timeSeriesStream(pipeline: string, signal: AbortSignal): Promise<Readable>;
}

export type ApiKeyRole = "read" | "write";
export interface ApiKey {
  readonly id: string;
  readonly name: string;
  readonly role: ApiKeyRole;
}
export interface ApiKeyService {
  list(): Promise<readonly ApiKey[]>;
  get(name: string): Promise<ApiKey>;
  /** `secret` is shown this once. @throws ManagerError `DuplicateName` | `EmptyName` | `TooLongName`. */
  create(name: string, role: ApiKeyRole): Promise<ApiKey & { readonly secret: string }>;
  delete(name: string): Promise<void>;
  /** The key that this secret belongs to, compared in constant time; synchronous, since it stands before every request. */
  authenticate(secret: string): ApiKey | undefined;
  /** A token that stands for the key for so many seconds. It outlives a restart of the server, and ends with the key. */
  issueToken(key: ApiKey, seconds: number): string;
  /** The key behind a token that {@link ApiKeyService.issueToken} has given out, as it is now; undefined when either is over. */
  authenticateToken(token: string): ApiKey | undefined;
}

export interface Manager {
  readonly pipelines: PipelineService;
  readonly interaction: InteractionService;
  readonly connect: ConnectService;
  readonly apiKeys: ApiKeyService;
  /** Stops accepting, stops every pipeline at a step boundary (then by force past the deadline) and closes the catalogue. Desired states are kept. */
  close(options?: { readonly deadlineMs?: number }): Promise<void>;
}

export interface ManagerOptions {
  readonly dataDirectory: string;
  readonly platformVersion: string;
  readonly logger?: Logger;
  /** Kafka Connect clusters behind the Connect dialect. */
  readonly connectClusters?: readonly ConnectClusterOptions[];
}
/** The part of a pino logger that is used. */
export interface Logger {
  /** Left out, what would be logged here is not. */
  debug?(object: object, message: string): void;
  info(object: object, message: string): void;
  warn(object: object, message: string): void;
  error(object: object, message: string): void;
}
