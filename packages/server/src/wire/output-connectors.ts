import type { Schemas } from "@headgate/contract";
import type { OutputConnectorStats, ResetStatus } from "../domain.ts";
import { toConnectorErrors } from "./connector-errors.ts";

/** Facts 2.1: `fatal_error`, `health` and `reset` are null when empty; error lists are left out when they were not asked for. */
export function toOutputEndpointStatus(stats: OutputConnectorStats): Schemas["OutputEndpointStatus"] {
  const { metrics, reset, encodeErrors, transportErrors } = stats;
  return {
    endpoint_name: stats.endpointName,
    config: { stream: stats.stream },
    metrics: {
      transmitted_records: metrics.transmittedRecords,
      transmitted_bytes: metrics.transmittedBytes,
      queued_records: metrics.queuedRecords,
      queued_batches: metrics.queuedBatches,
      buffered_records: metrics.bufferedRecords,
      buffered_batches: metrics.bufferedBatches,
      num_encode_errors: metrics.numEncodeErrors,
      num_transport_errors: metrics.numTransportErrors,
      total_processed_input_records: metrics.totalProcessedInputRecords,
      total_processed_steps: metrics.totalProcessedSteps,
      memory: metrics.memory,
    },
    delivery: stats.delivery,
    fatal_error: stats.fatalError,
    ...(encodeErrors === undefined ? {} : { encode_errors: toConnectorErrors(encodeErrors) }),
    ...(transportErrors === undefined ? {} : { transport_errors: toConnectorErrors(transportErrors) }),
    health: stats.health,
    reset:
      reset === null
        ? null
        : {
            phase: reset.phase,
            snapshot_records: reset.snapshotRecords,
            snapshot_records_sent: reset.snapshotRecordsSent,
            error: reset.error,
          },
  };
}

export function toResetStatus(status: ResetStatus): Schemas["ResetStatus"] {
  return {
    status: status.status,
    phase: status.phase,
    snapshot_records: status.snapshotRecords,
    snapshot_records_sent: status.snapshotRecordsSent,
    started_at: status.startedAt,
    completed_at: status.completedAt,
    estimated_completion_at: status.estimatedCompletionAt,
    error: status.error,
  };
}
