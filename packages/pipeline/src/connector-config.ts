/**
 * A connector as declared in a program's `WITH ('connectors' = '[…]')`: the published ConnectorConfig, every default
 * filled in. It keeps the published spelling (snake case), since it is the program's own language.
 */
export interface ConnectorConfig {
  readonly transport: { readonly name: string; readonly config?: unknown };
  readonly format?: { readonly name: string; readonly config?: unknown } | null;
  readonly index?: string | null;
  readonly labels: readonly string[];
  readonly start_after: readonly string[] | null;
  readonly paused: boolean;
  readonly max_queued_records: number;
  readonly max_queued_bytes: number | null;
  readonly max_batch_size: number | null;
  readonly max_worker_batch_size: number | null;
  readonly enable_output_buffer: boolean;
  readonly max_output_buffer_time_millis: number;
  readonly max_output_buffer_size_records: number;
  /** Snapshot and follow (also written `"mode": "snapshot_and_follow"`). */
  readonly send_snapshot: boolean;
}

/** A connector bound to its relation; its name is `<relation>.<connector>`. */
export interface EndpointConfig extends ConnectorConfig {
  /** Canonical name of the table or view. */
  readonly stream: string;
}
