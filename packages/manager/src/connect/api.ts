/**
 * Connectors as the Connect dialect sees them, whatever runs them. Domain words; errors are {@link ConnectError}.
 *
 * A cluster is addressed by an environment and a cluster id. `embedded` clusters are the pipelines of this server (environment
 * `default`, cluster id = the pipeline's name, connectors named `<relation>.<connector>`); `kafka-connect` clusters are workers of
 * Apache Kafka Connect, reached by their REST interface.
 */

export type ConnectorState = "NONE" | "PROVISIONING" | "RUNNING" | "DEGRADED" | "FAILED" | "PAUSED" | "DELETED";
export type ConnectTaskState = "RUNNING" | "STOPPED" | "UNASSIGNED" | "RESTARTING" | "SYSTEM_ERROR" | "USER_ACTIONABLE_ERROR";
export type ConnectorType = "source" | "sink" | "unknown";
export type ConnectorConfig = Readonly<Record<string, string>>;

export interface ClusterAddress {
  readonly environment: string;
  readonly cluster: string;
}
export interface ConnectorAddress extends ClusterAddress {
  readonly connector: string;
}

export interface ConnectTask {
  readonly id: number;
  readonly state: ConnectTaskState;
  /** Empty when there is nothing to say. */
  readonly msg: string;
  /** The state in the engine's own words. */
  readonly rawState: string;
  /** Where the engine runs the task ("127.0.0.1:8083"); null when nobody does, or when that is not known. */
  readonly rawWorker: string | null;
}

/** The state of a connector at one moment: an aggregate over its tasks. */
export interface ConnectorStatus {
  readonly name: string;
  readonly type: ConnectorType;
  readonly state: ConnectorState;
  /** Empty when healthy; says why when FAILED or DEGRADED. */
  readonly trace: string;
  readonly tasks: readonly ConnectTask[];
  /** Problems with the configuration, as "field: message". */
  readonly validationErrors: readonly string[];
  /** The connector's state in the engine's own words ("RUNNING", "STOPPED"). */
  readonly rawState: string;
  /** When this was seen in the engine; epoch milliseconds. */
  readonly observedAt: number;
  /** Set when a later look failed: what is above is not fresh, and this says why. */
  readonly staleBecause?: string;
}

export interface ConnectTaskId {
  readonly connector: string;
  readonly task: number;
}

/** A connector with its configuration; secrets are masked already. */
export interface ConnectorInfo {
  readonly name: string;
  readonly type: ConnectorType;
  readonly config: ConnectorConfig;
  readonly tasks: readonly ConnectTaskId[];
}

export type ExpandPart = "info" | "status" | "id";
export interface ConnectorExpansion {
  /** "lcc-abc123": stable for the life of the connector. */
  readonly id?: string;
  readonly info?: ConnectorInfo;
  readonly status?: ConnectorStatus;
}

export interface ConnectOffset {
  readonly partition: Readonly<Record<string, unknown>>;
  readonly offset: Readonly<Record<string, unknown>> | null;
}
export interface ConnectorOffsets {
  readonly id: string;
  readonly name: string;
  readonly offsets: readonly ConnectOffset[];
  /** Epoch milliseconds. */
  readonly observedAt: number;
}

export type OffsetsChange = { readonly type: "PATCH"; readonly offsets: readonly ConnectOffset[] } | { readonly type: "DELETE" };
export interface OffsetsRequest {
  readonly id: string;
  readonly name: string;
  readonly change: OffsetsChange;
  /** Epoch milliseconds. */
  readonly requestedAt: number;
}
/** The last request to change a connector's offsets, which goes on after a restart of the server. */
export interface OffsetsRequestStatus {
  readonly request: OffsetsRequest;
  readonly phase: "PENDING" | "APPLIED" | "FAILED";
  readonly message: string;
  /** As they were before the change; absent until they were read. */
  readonly previousOffsets?: readonly ConnectOffset[];
  readonly appliedAt: number | null;
}

export interface ConnectPlugin {
  readonly class: string;
  readonly type: "source" | "sink";
  readonly version?: string;
}

export interface ConfigDefinition {
  readonly name: string;
  readonly type: "NONE" | "BOOLEAN" | "INT" | "SHORT" | "LONG" | "DOUBLE" | "STRING" | "LIST" | "ENUM" | "PASSWORD";
  readonly required: boolean;
  readonly defaultValue: string;
  readonly importance: "NONE" | "HIGH" | "MEDIUM" | "LOW";
  readonly documentation: string;
  readonly group: string;
  readonly width: "NONE" | "SHORT" | "MEDIUM" | "LONG";
  readonly displayName: string;
  readonly dependents: readonly string[];
  readonly order: number;
  readonly alias: string;
}
export interface ConfigValue {
  readonly name: string;
  readonly value: string;
  readonly recommendedValues: readonly string[];
  readonly errors: readonly string[];
  readonly visible: boolean;
}
export interface ConfigValidation {
  /** The class of the plugin. */
  readonly name: string;
  readonly groups: readonly string[];
  readonly errorCount: number;
  readonly configs: readonly { readonly definition: ConfigDefinition; readonly value: ConfigValue }[];
}

export interface NewConnector {
  readonly name: string;
  readonly config: ConnectorConfig;
  readonly offsets?: readonly ConnectOffset[];
}

/**
 * The calls of the dialect. All fail with `UnknownCluster`, then with `UnknownConnector` where a connector is named; with
 * `EngineUnavailable` when the engine gives no answer in time (10 s); with `NotSupportedHere` when this kind of cluster cannot do it; with
 * `ClusterNotRunning` when it could, were the pipeline that the cluster is deployed.
 */
export interface ConnectService {
  list(at: ClusterAddress): Promise<readonly string[]>;
  expand(at: ClusterAddress, parts: ReadonlySet<ExpandPart>): Promise<ReadonlyMap<string, ConnectorExpansion>>;
  /** Fails with `ConnectorExists`, `InvalidConnectorConfig`. */
  create(at: ClusterAddress, connector: NewConnector): Promise<ConnectorInfo & { readonly offsets: readonly ConnectOffset[] }>;
  read(at: ConnectorAddress): Promise<ConnectorInfo>;
  delete(at: ConnectorAddress): Promise<void>;
  /** Creates or replaces. Fails with `InvalidConnectorConfig`. */
  putConfig(at: ConnectorAddress, config: ConnectorConfig): Promise<ConnectorInfo>;
  /** Accepts; what was accepted happens after. A connector that is paused stays so without an error. */
  pause(at: ConnectorAddress): Promise<void>;
  resume(at: ConnectorAddress): Promise<void>;
  /** Fails with `NotRestartable` unless the connector is RUNNING, DEGRADED or FAILED. */
  restart(at: ConnectorAddress): Promise<void>;
  status(at: ConnectorAddress): Promise<ConnectorStatus>;
  tasks(at: ConnectorAddress): Promise<readonly { readonly id: ConnectTaskId; readonly config: ConnectorConfig }[]>;
  plugins(at: ClusterAddress): Promise<readonly ConnectPlugin[]>;
  /** Fails with `UnknownPlugin`. */
  validate(at: ClusterAddress, plugin: string, config: ConnectorConfig): Promise<ConfigValidation>;
  offsets(at: ConnectorAddress): Promise<ConnectorOffsets>;
  /** Fails with `OffsetsRequestPending` while an earlier one is. */
  alterOffsets(at: ConnectorAddress, change: OffsetsChange): Promise<OffsetsRequest>;
  /** Fails with `NoOffsetsRequest` when there has been none. */
  offsetsRequestStatus(at: ConnectorAddress): Promise<OffsetsRequestStatus>;
}

export type ConnectErrorCode =
  | "UnknownCluster"
  | "UnknownConnector"
  | "UnknownPlugin"
  | "ConnectorExists"
  | "InvalidConnectorConfig"
  | "NotRestartable"
  | "OffsetsRequestPending"
  | "NoOffsetsRequest"
  | "InvalidOffsets"
  | "NotSupportedHere"
  | "ClusterNotRunning"
  | "EngineUnavailable"
  | "EngineFailed";

/** What {@link ConnectService} throws; the message is for the caller and holds no secret. */
export class ConnectError extends Error {
  readonly code: ConnectErrorCode;
  constructor(code: ConnectErrorCode, message: string, options: { cause?: unknown } = {}) {
    super(message, options);
    this.name = "ConnectError";
    this.code = code;
  }
}
