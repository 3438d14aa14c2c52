import type { Schemas } from "@headgate/contract";
import type { PipelineStats } from "../domain.ts";
import { toCheckpointActivity, toPermanentErrors, toSuspendError } from "./checkpoints.ts";
import { toInputEndpointStatus } from "./input-connectors.ts";
import { toOutputEndpointStatus } from "./output-connectors.ts";

/** Exactly six keys; the connectors come sorted by endpoint name. */
export function toControllerStatus(stats: PipelineStats): Schemas["ControllerStatus"] {
  return {
    global_metrics: toGlobalMetrics(stats),
    suspend_error: toSuspendError(stats.suspendError),
    checkpoint_activity: toCheckpointActivity(stats.checkpointActivity),
    permanent_checkpoint_errors: toPermanentErrors(stats.suspendError),
    inputs: stats.inputs.map(toInputEndpointStatus),
    outputs: stats.outputs.map(toOutputEndpointStatus),
  };
}

function toGlobalMetrics({ global, suspendError }: PipelineStats): Schemas["GlobalControllerMetrics"] {
  return {
    state: global.state,
    bootstrap_in_progress: suspendError !== null && "temporary" in suspendError && suspendError.temporary.includes("Bootstrapping"),
    concurrent_bootstrap_phase: "Inactive",
    concurrent_bootstrap_progress: null,
    transaction_status: "NoTransaction",
    transaction_id: 0,
    transaction_initiators: { transaction_id: null, initiated_by_api: null, initiated_by_connectors: {} },
    transaction_msecs: null,
    transaction_records: null,
    commit_progress: null,
    rss_bytes: global.rssBytes,
    memory_pressure: global.memoryPressure,
    memory_pressure_epoch: global.memoryPressureEpoch,
    cpu_msecs: global.cpuMsecs,
    uptime_msecs: global.uptimeMsecs,
    runtime_elapsed_msecs: global.runtimeElapsedMsecs,
    output_stall_msecs: global.outputStallMsecs,
    start_time: global.startTime,
    initial_start_time: global.initialStartTime,
    incarnation_uuid: global.incarnation,
    storage_bytes: global.storageBytes,
    storage_mb_secs: global.storageMbSecs,
    buffered_input_records: global.bufferedInputRecords,
    buffered_input_bytes: global.bufferedInputBytes,
    total_input_records: global.totalInputRecords,
    total_input_bytes: global.totalInputBytes,
    total_processed_records: global.totalProcessedRecords,
    total_processed_bytes: global.totalProcessedBytes,
    total_completed_records: global.totalCompletedRecords,
    total_initiated_steps: global.totalInitiatedSteps,
    total_completed_steps: global.totalCompletedSteps,
    pipeline_complete: global.pipelineComplete,
  };
}
