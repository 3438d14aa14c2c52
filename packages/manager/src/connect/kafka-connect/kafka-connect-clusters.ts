import type { FindCluster } from "../connect-service.ts";
import { assertDistinct, type ConnectClusterOptions } from "./cluster-options.ts";
import { createKafkaConnectCluster, type KafkaConnectDependencies } from "./kafka-connect-cluster.ts";

/** The Kafka Connect clusters of this server. @throws StartupError `InvalidConnectConfig` when two have one address */
export function createKafkaConnectClusters(
  all: readonly ConnectClusterOptions[],
  dependencies: KafkaConnectDependencies,
): { readonly find: FindCluster; close(): void } {
  assertDistinct(all);
  const key = (environment: string, cluster: string): string => `${environment}/${cluster}`;
  const clusters = new Map(
    all.map((options) => [key(options.environment, options.cluster), createKafkaConnectCluster(options, dependencies)]),
  );
  return {
    find: ({ environment, cluster }) => clusters.get(key(environment, cluster)),
    close: () => {
      for (const cluster of clusters.values()) cluster.close();
    },
  };
}
