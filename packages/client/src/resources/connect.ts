import type { BodyOf, ReplyBody } from "../contract-types.ts";
import type { CallOptions } from "../deadline.ts";
import { ClientError } from "../errors.ts";
import { poll, type WaitOptions } from "../poll.ts";
import type { Transport } from "../transport.ts";

/** A cluster of the Connect dialect: its id, in the environment `default` unless another is named. A pipeline is one under its name. */
export type ConnectCluster = string | { readonly environment: string; readonly cluster: string };
export type ConnectStatus = ReplyBody<"readConnectv1ConnectorStatus">;
export type ConnectState = ConnectStatus["connector"]["state"];
export type ConnectExpansion = Exclude<ReplyBody<"listConnectv1Connectors">, readonly string[]>[string];
export type ConnectConnector = ReplyBody<"readConnectv1Connector">;
export type ConnectConfig = ReplyBody<"getConnectv1ConnectorConfig">;
export type NewConnectConnector = BodyOf<"createConnectv1Connector">;
export type ConnectOffsetsChange = BodyOf<"alterConnectv1ConnectorOffsetsRequest">;
export type ConnectOffsetsRequestStatus = ReplyBody<"getConnectv1ConnectorOffsetsRequestStatus">;

/** Calls about one connector take the cluster, then the connector's name. Errors of the dialect are `ConnectApiError`s. */
export interface Connect {
  readonly list: (cluster: ConnectCluster, options?: CallOptions) => Promise<string[]>;
  /** Everything about all connectors in one call, by name. Default: all parts. */
  readonly expand: (
    cluster: ConnectCluster,
    options?: CallOptions & { readonly parts?: readonly ("id" | "info" | "status")[] | undefined },
  ) => Promise<Record<string, ConnectExpansion>>;
  readonly create: (
    cluster: ConnectCluster,
    connector: NewConnectConnector,
    options?: CallOptions,
  ) => Promise<ReplyBody<"createConnectv1Connector">>;
  readonly get: (cluster: ConnectCluster, connector: string, options?: CallOptions) => Promise<ConnectConnector>;
  readonly delete: (cluster: ConnectCluster, connector: string, options?: CallOptions) => Promise<void>;
  readonly config: (cluster: ConnectCluster, connector: string, options?: CallOptions) => Promise<ConnectConfig>;
  /** Creates the connector or replaces its whole configuration. */
  readonly putConfig: (
    cluster: ConnectCluster,
    connector: string,
    config: ConnectConfig,
    options?: CallOptions,
  ) => Promise<ConnectConnector>;
  /** Accepted at once, carried out after: `waitFor` tells when. */
  readonly pause: (cluster: ConnectCluster, connector: string, options?: CallOptions) => Promise<void>;
  readonly resume: (cluster: ConnectCluster, connector: string, options?: CallOptions) => Promise<void>;
  readonly restart: (cluster: ConnectCluster, connector: string, options?: CallOptions) => Promise<void>;
  /** What is not fresh says why in `headgate.stale_because`. */
  readonly status: (cluster: ConnectCluster, connector: string, options?: CallOptions) => Promise<ConnectStatus>;
  /** Asks for the status until it is fresh and has this state, or the function says yes. */
  readonly waitFor: (
    cluster: ConnectCluster,
    connector: string,
    until: ConnectState | ((status: ConnectStatus) => boolean),
    options?: WaitOptions,
  ) => Promise<ConnectStatus>;
  readonly tasks: (cluster: ConnectCluster, connector: string, options?: CallOptions) => Promise<ReplyBody<"listConnectv1ConnectorTasks">>;
  readonly plugins: (cluster: ConnectCluster, options?: CallOptions) => Promise<ReplyBody<"listConnectv1ConnectorPlugins">>;
  /** Does not throw for a configuration with errors: `error_count` has their number. */
  readonly validate: (
    cluster: ConnectCluster,
    plugin: string,
    config: ConnectConfig,
    options?: CallOptions,
  ) => Promise<ReplyBody<"validateConnectv1ConnectorPlugin">>;
  readonly offsets: (
    cluster: ConnectCluster,
    connector: string,
    options?: CallOptions,
  ) => Promise<ReplyBody<"getConnectv1ConnectorOffsets">>;
  readonly alterOffsets: (
    cluster: ConnectCluster,
    connector: string,
    change: ConnectOffsetsChange,
    options?: CallOptions,
  ) => Promise<ReplyBody<"alterConnectv1ConnectorOffsetsRequest">>;
  /** What became of the last change of offsets. */
  readonly offsetsRequest: (cluster: ConnectCluster, connector: string, options?: CallOptions) => Promise<ConnectOffsetsRequestStatus>;
  /** Changes offsets, and waits until that was carried out; fails with `offsets_failed` when it cannot be. */
  readonly alterOffsetsAndWait: (
    cluster: ConnectCluster,
    connector: string,
    change: ConnectOffsetsChange,
    options?: WaitOptions,
  ) => Promise<ConnectOffsetsRequestStatus>;
}

const allParts = ["id", "info", "status"] as const;

export function createConnect({ call }: Transport): Connect {
  const at = (cluster: ConnectCluster) =>
    typeof cluster === "string"
      ? { environment_id: "default", kafka_cluster_id: cluster }
      : { environment_id: cluster.environment, kafka_cluster_id: cluster.cluster };
  const of = (cluster: ConnectCluster, connector_name: string) => ({ path: { ...at(cluster), connector_name } });
  const control =
    (id: "pauseConnectv1Connector" | "resumeConnectv1Connector" | "restartConnectv1Connector") =>
    async (cluster: ConnectCluster, connector: string, options?: CallOptions): Promise<void> => {
      await call(id, of(cluster, connector), options);
    };
  const status: Connect["status"] = (cluster, connector, options) => call("readConnectv1ConnectorStatus", of(cluster, connector), options);
  const alterOffsets: Connect["alterOffsets"] = (cluster, connector, body, options) =>
    call("alterConnectv1ConnectorOffsetsRequest", { ...of(cluster, connector), body }, options);
  const offsetsRequest: Connect["offsetsRequest"] = (cluster, connector, options) =>
    call("getConnectv1ConnectorOffsetsRequestStatus", of(cluster, connector), options);
  return {
    list: async (cluster, options) => (await call("listConnectv1Connectors", { path: at(cluster) }, options)) as string[],
    expand: async (cluster, { parts = allParts, ...options } = {}) => {
      const request = { path: at(cluster), query: { expand: parts.join(",") } };
      return (await call("listConnectv1Connectors", request, options)) as Record<string, ConnectExpansion>;
    },
    create: (cluster, body, options) => call("createConnectv1Connector", { path: at(cluster), body }, options),
    get: (cluster, connector, options) => call("readConnectv1Connector", of(cluster, connector), options),
    delete: async (cluster, connector, options) => {
      await call("deleteConnectv1Connector", of(cluster, connector), options);
    },
    config: (cluster, connector, options) => call("getConnectv1ConnectorConfig", of(cluster, connector), options),
    putConfig: (cluster, connector, body, options) =>
      call("createOrUpdateConnectv1ConnectorConfig", { ...of(cluster, connector), body }, options),
    pause: control("pauseConnectv1Connector"),
    resume: control("resumeConnectv1Connector"),
    restart: control("restartConnectv1Connector"),
    status,
    waitFor: (cluster, connector, until, options = {}) => {
      const ready = (now: ConnectStatus): boolean =>
        typeof until === "function" ? until(now) : now.connector.state === until && now.headgate.stale_because === null;
      const what = `Waiting for ${connector} to be ${typeof until === "function" ? "as asked" : until}`;
      return poll(what, options, async (call) => {
        const now = await status(cluster, connector, call);
        return ready(now) ? now : undefined;
      });
    },
    tasks: (cluster, connector, options) => call("listConnectv1ConnectorTasks", of(cluster, connector), options),
    plugins: (cluster, options) => call("listConnectv1ConnectorPlugins", { path: at(cluster) }, options),
    validate: (cluster, plugin_name, body, options) =>
      call("validateConnectv1ConnectorPlugin", { path: { ...at(cluster), plugin_name }, body }, options),
    offsets: (cluster, connector, options) => call("getConnectv1ConnectorOffsets", of(cluster, connector), options),
    alterOffsets,
    offsetsRequest,
    alterOffsetsAndWait: async (cluster, connector, change, wait = {}) => {
      let asked = false;
      return await poll(`Waiting for the offsets of ${connector}`, wait, async (options) => {
        if (!asked) await alterOffsets(cluster, connector, change, options);
        asked = true;
        const now = await offsetsRequest(cluster, connector, options);
        if (now.status.phase === "FAILED") {
          throw new ClientError("offsets_failed", `The offsets of ${connector} were not changed: ${now.status.message}`, { details: now });
        }
        return now.status.phase === "APPLIED" ? now : undefined;
      });
    },
  };
}
