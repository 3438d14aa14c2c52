/** Runner → load process. */
export interface LoadRequest {
  readonly port: number;
  /** Asked for in turn. */
  readonly paths: readonly string[];
  readonly connections: number;
  readonly milliseconds: number;
}
/** Load process → runner. */
export interface LoadResult {
  readonly requests: number;
  readonly milliseconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** How the Kafka Connect cluster of the benchmark is addressed in the dialect. */
export const benchCluster = { environment: "bench", cluster: "kafka" } as const;

/** The connectors of a run, by name, in Kafka Connect. */
export const connectorNames = (count: number): readonly string[] => Array.from({ length: count }, (_, i) => `c${String(i)}`);
