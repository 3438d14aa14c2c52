import type { Schemas } from "@headgate/contract";
import type { CheckpointActivity, CheckpointMetadata, CheckpointStatus, SuspendError } from "../domain.ts";

type Permanent = Extract<SuspendError, { readonly permanent: unknown }>["permanent"];

/** Names of checkpoints are a field of the dialect that nothing here gives. */
export function toCheckpointMetadata(checkpoint: CheckpointMetadata): Schemas["CheckpointMetadata"] {
  return {
    uuid: checkpoint.uuid,
    fingerprint: checkpoint.fingerprint,
    identifier: null,
    size: checkpoint.size,
    steps: checkpoint.steps,
    processed_records: checkpoint.processedRecords,
  };
}

export function toCheckpointStatus({ success, failure }: CheckpointStatus): Schemas["CheckpointStatus"] {
  return {
    success,
    failure: failure === null ? null : { sequence_number: failure.sequenceNumber, error: failure.error, failed_at: failure.failedAt },
  };
}

export function toSuspendError(error: SuspendError | null): Schemas["SuspendError"] | null {
  if (error === null) return null;
  if ("permanent" in error) return { Permanent: toPermanent(error.permanent) };
  return { Temporary: error.temporary.map((r) => (typeof r === "string" ? r : { InputEndpointBarrier: r.inputEndpointBarrier })) };
}

/** Null unless no checkpoint can ever be taken. */
export function toPermanentErrors(error: SuspendError | null): Schemas["PermanentSuspendError"][] | null {
  return error !== null && "permanent" in error ? toPermanent(error.permanent) : null;
}

function toPermanent(reasons: Permanent): Schemas["PermanentSuspendError"][] {
  return reasons.map((r) => (typeof r === "string" ? r : { UnsupportedInputEndpoint: r.unsupportedInputEndpoint }));
}

export function toCheckpointActivity(activity: CheckpointActivity): Schemas["CheckpointActivity"] {
  switch (activity.status) {
    case "idle":
      return { status: "idle" };
    case "delayed":
      return { status: "delayed", delayed_since: activity.delayedSince, reasons: [...activity.reasons] };
    case "in_progress":
      return { status: "in_progress", started_at: activity.startedAt };
  }
}
