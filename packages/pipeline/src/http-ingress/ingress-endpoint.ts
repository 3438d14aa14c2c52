import { defaultBufferRecords, neverMilliseconds } from "../compile/attributes.ts";
import type { EndpointConfig } from "../connector-config.ts";

const maxQueuedRecords = 100_000;

/** The endpoint behind ingress requests of one format into one table. */
export const ingressEndpoint = (table: string, format: { readonly name: string; readonly config: unknown } | null): EndpointConfig => ({
  stream: table,
  transport: { name: "http_input" },
  format,
  index: null,
  labels: [],
  start_after: null,
  paused: false,
  max_queued_records: maxQueuedRecords,
  max_queued_bytes: null,
  max_batch_size: null,
  max_worker_batch_size: null,
  enable_output_buffer: false,
  max_output_buffer_time_millis: neverMilliseconds,
  max_output_buffer_size_records: defaultBufferRecords,
  send_snapshot: false,
});
