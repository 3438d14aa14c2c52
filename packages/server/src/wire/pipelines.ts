import type { Schemas } from "@headgate/contract";
import type { Pipeline, PipelineInput, PipelinePatch, ProgramChange } from "@headgate/manager";
import { toCheckpointMetadata } from "./checkpoints.ts";
import { toDeploymentError } from "./deployment-error.ts";
import { toProgramInfo, toSqlCompilation } from "./programs.ts";

/** Which fields of a pipeline a reader asked for. */
export type PipelineSelector = "all" | "status" | "status_with_connectors";

/** Answer of create, replace and patch. */
export function toPipelineInfo(pipeline: Pipeline): Schemas["PipelineInfo"] {
  return { ...toStatus(pipeline), ...toProgram(pipeline) };
}

/** Answer of the reads. The key sets are exact: clients compare them. */
export function toPipelineSelectedInfo(pipeline: Pipeline, selector: PipelineSelector): Schemas["PipelineSelectedInfo"] {
  const status = {
    ...toStatus(pipeline),
    program_config: toProgramConfig(pipeline),
    bootstrap_policy: pipeline.bootstrapPolicy,
    silent_bootstrap: pipeline.silentBootstrap,
    concurrent_bootstrap: pipeline.concurrentBootstrap,
  };
  switch (selector) {
    case "all":
      return { ...status, ...toProgram(pipeline) };
    case "status":
      return status;
    case "status_with_connectors":
      return { ...status, connectors: { num_errors: pipeline.connectorErrors } };
  }
}

const toProgramConfig = (pipeline: Pipeline): Schemas["ProgramConfig"] => pipeline.programConfig as Schemas["ProgramConfig"];

/** What the selector `status` leaves out. */
function toProgram(pipeline: Pipeline) {
  const { sqlCompilation, systemError } = pipeline.programError;
  return {
    program_code: pipeline.programCode,
    udf_rust: pipeline.udfRust,
    udf_toml: pipeline.udfToml,
    runtime_config: pipeline.runtimeConfig as Schemas["RuntimeConfig"],
    program_config: toProgramConfig(pipeline),
    program_error: {
      sql_compilation: sqlCompilation === null ? null : toSqlCompilation(sqlCompilation.exitCode, sqlCompilation.messages),
      rust_compilation: null,
      system_error: systemError,
    },
    program_info: pipeline.compiled === null ? null : toProgramInfo(pipeline.compiled),
    deployment_resources_status_details: null,
  } satisfies Partial<Schemas["PipelineInfo"]>;
}

function toStatus(pipeline: Pipeline) {
  return {
    id: pipeline.id,
    name: pipeline.name,
    description: pipeline.description,
    tags: [...pipeline.tags],
    created_at: pipeline.createdAt,
    version: pipeline.version,
    platform_version: pipeline.platformVersion,
    program_version: pipeline.programVersion,
    program_status: pipeline.programStatus,
    program_status_since: pipeline.programStatusSince,
    deployment_status: toCombinedStatus(pipeline),
    deployment_status_since: pipeline.deploymentStatusSince,
    deployment_desired_status: toCombinedDesiredStatus(pipeline),
    deployment_desired_status_since: pipeline.deploymentDesiredStatusSince,
    deployment_error: toDeploymentError(pipeline.deploymentError),
    deployment_id: pipeline.deploymentId,
    deployment_initial: pipeline.deploymentInitial,
    deployment_resources_status: pipeline.resourcesStatus,
    deployment_resources_status_since: pipeline.resourcesStatusSince,
    deployment_resources_desired_status: pipeline.resourcesDesiredStatus,
    deployment_resources_desired_status_since: pipeline.resourcesDesiredStatusSince,
    deployment_runtime_status: pipeline.runtimeStatus,
    deployment_runtime_status_details: toRuntimeDetails(pipeline),
    deployment_runtime_status_since: pipeline.runtimeStatusSince,
    deployment_runtime_desired_status: pipeline.runtimeDesiredStatus,
    deployment_runtime_desired_status_since: pipeline.runtimeDesiredStatusSince,
    storage_status: pipeline.storageStatus,
    storage_status_details: pipeline.storageStatus === "Cleared" ? null : { checkpoints: pipeline.checkpoints.map(toCheckpointMetadata) },
    refresh_version: pipeline.refreshVersion,
  } satisfies Partial<Schemas["PipelineInfo"]>;
}

/** Null when there is nothing to say beyond the status. */
function toRuntimeDetails({ programChange, runtimeReason }: Pipeline): Schemas["RuntimeStatusDetails"] | null {
  if (programChange === null && runtimeReason === null) return null;
  return { reason: runtimeReason, approval_diff: programChange === null ? null : toApprovalDiff(programChange), connector_stats: null };
}

function toApprovalDiff({ tables, views }: ProgramChange) {
  return {
    program_diff: {
      added_tables: tables.added,
      removed_tables: tables.removed,
      modified_tables: tables.modified,
      added_views: views.added,
      removed_views: views.removed,
      modified_views: views.modified,
    },
  };
}

/** While provisioned, the runtime tells the status; a runtime that has not spoken yet is unavailable. */
function toCombinedStatus(pipeline: Pipeline): Schemas["CombinedStatus"] {
  return pipeline.resourcesStatus === "Provisioned" ? (pipeline.runtimeStatus ?? "Unavailable") : pipeline.resourcesStatus;
}

/** Until the runtime's desired status is known, what the start asked for stands in. */
function toCombinedDesiredStatus(pipeline: Pipeline): Schemas["CombinedDesiredStatus"] {
  if (pipeline.resourcesDesiredStatus === "Stopped") return "Stopped";
  return pipeline.runtimeDesiredStatus ?? pipeline.deploymentInitial ?? "Unavailable";
}

export function parsePipelineInput(body: Schemas["CreatePipelineRequest"]): PipelineInput {
  return { ...parsePipelinePatch(body), name: body.name, programCode: body.program_code };
}

export function parsePipelinePatch(body: Schemas["PatchPipelineRequest"]): PipelinePatch {
  return {
    name: body.name ?? null,
    programCode: body.program_code ?? null,
    description: body.description ?? null,
    tags: body.tags ?? null,
    runtimeConfig: body.runtime_config ?? null,
    programConfig: body.program_config ?? null,
    udfRust: body.udf_rust ?? null,
    udfToml: body.udf_toml ?? null,
  };
}
