import type {
  ConfigValidation,
  ConnectOffset,
  ConnectorConfig,
  ConnectorExpansion,
  ConnectorInfo,
  ConnectorOffsets,
  ConnectorStatus,
  ConnectPlugin,
  ConnectTaskId,
  ExpandPart,
  NewConnector,
  OffsetsChange,
  OffsetsRequest,
  OffsetsRequestStatus,
} from "./api.ts";

/** One cluster, whatever runs its connectors; the calls and their errors are those of `ConnectService`. */
export interface ConnectCluster {
  list(): Promise<readonly string[]>;
  expand(parts: ReadonlySet<ExpandPart>): Promise<ReadonlyMap<string, ConnectorExpansion>>;
  create(connector: NewConnector): Promise<ConnectorInfo & { readonly offsets: readonly ConnectOffset[] }>;
  read(connector: string): Promise<ConnectorInfo>;
  delete(connector: string): Promise<void>;
  putConfig(connector: string, config: ConnectorConfig): Promise<ConnectorInfo>;
  pause(connector: string): Promise<void>;
  resume(connector: string): Promise<void>;
  restart(connector: string): Promise<void>;
  status(connector: string): Promise<ConnectorStatus>;
  tasks(connector: string): Promise<readonly { readonly id: ConnectTaskId; readonly config: ConnectorConfig }[]>;
  plugins(): Promise<readonly ConnectPlugin[]>;
  validate(plugin: string, config: ConnectorConfig): Promise<ConfigValidation>;
  offsets(connector: string): Promise<ConnectorOffsets>;
  alterOffsets(connector: string, change: OffsetsChange): Promise<OffsetsRequest>;
  offsetsRequestStatus(connector: string): Promise<OffsetsRequestStatus>;
  /** Lets go of connections and timers; what is under way goes on after the next start. */
  close(): void;
}
