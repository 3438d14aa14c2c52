import { isDeepStrictEqual } from "node:util";
import type { DeployedRuntimeStatus, DeploymentError, Pipeline, ProgramChange } from "../api.ts";
import { stopping, storageWhenDeployed, undesired } from "./actions.ts";
import { change } from "./change.ts";

/** True when the pipeline should be given a process now. */
export function isLaunchable(p: Pipeline): boolean {
  return p.resourcesStatus === "Stopped" && p.resourcesDesiredStatus === "Provisioned" && p.programStatus === "Success";
}

/** A process is being started for it, as incarnation `deploymentId`. */
export function launched(p: Pipeline, deploymentId: string, now: string): Pipeline {
  return change(p, { resourcesStatus: "Provisioning", deploymentId, storageStatus: storageWhenDeployed(p) }, now);
}

/** The process has told its status, or (`Unavailable`) has not when it was asked. */
export function reported(p: Pipeline, status: DeployedRuntimeStatus, now: string, difference?: ProgramChange): Pipeline {
  const news: Partial<Pipeline> = {
    runtimeStatus: status,
    programChange: status === "AwaitingApproval" ? sameOr(p.programChange, difference) : null,
    runtimeReason: p.runtimeStatus === status ? p.runtimeReason : null,
  };
  if (p.resourcesStatus === "Provisioned") return change(p, news, now);
  if (p.resourcesStatus !== "Provisioning" || status === "Unavailable") return p;
  return change(p, { ...news, resourcesStatus: "Provisioned", runtimeDesiredStatus: p.runtimeDesiredStatus ?? p.deploymentInitial }, now);
}

/** The very object of before where nothing is new, so that a poll is no change. */
function sameOr(before: ProgramChange | null, told: ProgramChange | undefined): ProgramChange | null {
  return told === undefined || isDeepStrictEqual(before, told) ? before : told;
}

/** The deployment has failed; the process is to be taken down, if it is not gone already. */
export function failed(p: Pipeline, error: DeploymentError, now: string): Pipeline {
  if (p.resourcesStatus !== "Provisioning" && p.resourcesStatus !== "Provisioned") return p;
  return change(p, { ...stopping, deploymentError: error }, now);
}

/** The process is gone. No restart by itself: whoever looks must find the error. */
export function exited(p: Pipeline, now: string): Pipeline {
  return p.resourcesStatus === "Stopping" ? change(p, { resourcesStatus: "Stopped", deploymentId: null }, now) : p;
}

/** Compilation failed under an early start: nothing is left to wait for. */
export function compilationFailed(p: Pipeline, now: string): Pipeline {
  if (p.resourcesDesiredStatus !== "Provisioned" || p.resourcesStatus !== "Stopped") return p;
  const error: DeploymentError = {
    code: "StartFailedDueToFailedCompilation",
    message: `Pipeline '${p.name}' could not start because its program failed to compile (${p.programStatus}); see program_error`,
    details: { pipeline_name: p.name, program_status: p.programStatus },
  };
  return change(p, { ...undesired, deploymentError: error }, now);
}

/** The storage has been removed. */
export function storageCleared(p: Pipeline, now: string): Pipeline {
  return p.storageStatus === "Clearing" ? change(p, { storageStatus: "Cleared", checkpoints: [] }, now) : p;
}

/**
 * The state to go on from when the server starts: no process is left, so what was deployed or about to be is deployed
 * anew, in the runtime state last wished for; what was being stopped or suspended has stopped; what was compiling compiles again.
 */
export function recovered(p: Pipeline, now: string): Pipeline {
  const again = p.resourcesDesiredStatus === "Provisioned" && p.runtimeDesiredStatus !== "Suspended";
  return change(
    p,
    {
      resourcesStatus: "Stopped",
      runtimeStatus: null,
      programChange: null,
      runtimeReason: null,
      deploymentId: null,
      ...(again ? {} : undesired),
      ...(isCompiling(p) ? { programStatus: "Pending", compiled: null } : {}),
    },
    now,
  );
}

function isCompiling(p: Pipeline): boolean {
  return p.programStatus === "CompilingSql" || p.programStatus === "SqlCompiled" || p.programStatus === "CompilingRust";
}
