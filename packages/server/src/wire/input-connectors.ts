import type { Schemas } from "@headgate/contract";
import type { InputConnectorStats } from "../domain.ts";
import { toConnectorErrors } from "./connector-errors.ts";

/** Facts 2.1: `fatal_error`, `health` and `completed_frontier` are null when empty; lists and latency are left out. */
export function toInputEndpointStatus(stats: InputConnectorStats): Schemas["InputEndpointStatus"] {
  const { metrics, completedFrontier, parseErrors, transportErrors } = stats;
  return {
    endpoint_name: stats.endpointName,
    config: { stream: stats.stream },
    metrics: {
      total_bytes: metrics.totalBytes,
      total_records: metrics.totalRecords,
      buffered_records: metrics.bufferedRecords,
      buffered_bytes: metrics.bufferedBytes,
      num_transport_errors: metrics.numTransportErrors,
      num_parse_errors: metrics.numParseErrors,
      end_of_input: metrics.endOfInput,
      ...(metrics.processingLatencyP99Micros === undefined ? {} : { processing_latency_p99_micros: metrics.processingLatencyP99Micros }),
    },
    fatal_error: stats.fatalError,
    ...(parseErrors === undefined ? {} : { parse_errors: toConnectorErrors(parseErrors) }),
    ...(transportErrors === undefined ? {} : { transport_errors: toConnectorErrors(transportErrors) }),
    health: stats.health,
    paused: stats.paused,
    barrier: stats.barrier,
    completed_frontier:
      completedFrontier === null
        ? null
        : {
            metadata: completedFrontier.metadata,
            ingested_at: completedFrontier.ingestedAt,
            processed_at: completedFrontier.processedAt,
            completed_at: completedFrontier.completedAt,
          },
  };
}
