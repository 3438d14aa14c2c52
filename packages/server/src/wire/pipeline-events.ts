import type { Schemas } from "@headgate/contract";
import type { PipelineEvent } from "@headgate/manager";
import { toDeploymentError } from "./deployment-error.ts";

/** With `status` the error and the details are left out. */
export function toPipelineEvent(event: PipelineEvent, selector: "all" | "status"): Schemas["PipelineEvent"] {
  const status: Schemas["PipelineEvent"] = {
    event_id: event.eventId,
    recorded_at: event.recordedAt,
    deployment_resources_status: event.resourcesStatus,
    deployment_resources_desired_status: event.resourcesDesiredStatus,
    deployment_runtime_status: event.runtimeStatus,
    deployment_runtime_desired_status: event.runtimeDesiredStatus,
    deployment_has_error: event.deploymentError !== null,
    program_status: event.programStatus,
    storage_status: event.storageStatus,
  };
  if (selector === "status") return status;
  return {
    ...status,
    deployment_error: toDeploymentError(event.deploymentError),
    deployment_resources_status_details: null,
    deployment_runtime_status_details: null,
    storage_status_details: null,
  };
}

const uuid = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i;

/** True for `latest` and for a UUID. */
export function isEventId(value: string): boolean {
  return value === "latest" || uuid.test(value);
}
