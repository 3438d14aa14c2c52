import type { Schemas } from "@headgate/contract";
import type { ClusterAddress, ConnectorAddress, ConnectorExpansion, ConnectorInfo, ExpandPart } from "@headgate/manager";
import { toConnectorStatus } from "./connect-status.ts";

interface ClusterPath {
  readonly environment_id: string;
  readonly kafka_cluster_id: string;
}

/** The cluster that a path names. */
export function parseCluster({ environment_id, kafka_cluster_id }: ClusterPath): ClusterAddress {
  return { environment: environment_id, cluster: kafka_cluster_id };
}

/** The connector that a path names. */
export function parseConnector(path: ClusterPath & { readonly connector_name: string }): ConnectorAddress {
  return { ...parseCluster(path), connector: path.connector_name };
}

const parts: ReadonlySet<string> = new Set<ExpandPart>(["id", "info", "status"]);

/** `expand` as clients write it: repeated, separated by commas, or both. Undefined when there is none; unknown words are passed over. */
export function parseExpand(expand: string | readonly string[] | undefined): ReadonlySet<ExpandPart> | undefined {
  if (expand === undefined) return undefined;
  const words = [expand].flat().flatMap((text) => text.split(",").map((word) => word.trim()));
  return new Set(words.filter((word): word is ExpandPart => parts.has(word)));
}

/** A connector, with its configuration as the domain has masked it. */
export function toConnector({ name, type, config, tasks }: ConnectorInfo): Schemas["ConnectConnector"] {
  return { name, type, config: { ...config }, tasks: tasks.map(({ connector, task }) => ({ connector, task })) };
}

/** What was asked for of one connector, in the published order; `extensions` is always there. */
export function toExpansion({ id, info, status }: ConnectorExpansion): Schemas["ConnectConnectorExpansion"] {
  return {
    ...(status === undefined ? {} : { status: toConnectorStatus(status) }),
    ...(info === undefined ? {} : { info: toConnector(info) }),
    ...(id === undefined ? {} : { id: { id, id_type: "ID" as const } }),
    extensions: {},
  };
}
