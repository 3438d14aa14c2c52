import type { ApproveOptions, BootstrapPolicy, Pipeline, RuntimeDesiredStatus, StartOptions } from "../api.ts";
import { hasStorage } from "../config/runtime-options.ts";
import { ManagerError } from "../errors.ts";
import { change } from "./change.ts";
import { combinedDesiredStatus, combinedStatus } from "./combined-status.ts";

/** A start with its defaults resolved. */
export interface StartRequest {
  readonly initial: RuntimeDesiredStatus;
  readonly bootstrapPolicy: BootstrapPolicy;
  readonly silentBootstrap: boolean;
  readonly concurrentBootstrap: boolean;
  readonly dismissError: boolean;
}

const initials: Readonly<Record<string, RuntimeDesiredStatus>> = { running: "Running", paused: "Paused", standby: "Standby" };
const failedProgram: ReadonlySet<string> = new Set(["SqlError", "RustError", "SystemError"]);

/** Reads the options of a start, before any look at the pipeline. @throws ManagerError `UnsupportedPipelineAction` | `InvalidBootstrapConfig` */
export function parseStart(options: StartOptions): StartRequest {
  const given = options.initial ?? "running";
  const initial = Object.hasOwn(initials, given) ? initials[given] : undefined;
  if (initial === undefined) {
    throw new ManagerError(
      "UnsupportedPipelineAction",
      `Cannot start a pipeline with initial state '${given}'; it must be running, paused or standby`,
      { action: "start", initial: given },
    );
  }
  const silentBootstrap = parseSilent(options);
  return {
    initial,
    bootstrapPolicy: options.bootstrapPolicy ?? "await_approval",
    silentBootstrap,
    concurrentBootstrap: false,
    dismissError: options.dismissError ?? true,
  };
}

/** Reads how changed views are to be filled: true for silently. @throws ManagerError `InvalidBootstrapConfig` */
export function parseSilent({ silentBootstrap = false, concurrentBootstrap = false }: ApproveOptions): boolean {
  if (silentBootstrap && concurrentBootstrap) {
    throw new ManagerError("InvalidBootstrapConfig", "silent_bootstrap and concurrent_bootstrap exclude each other; set at most one", {});
  }
  if (concurrentBootstrap) {
    throw new ManagerError(
      "InvalidBootstrapConfig",
      "concurrent_bootstrap is not offered by this server: changed views are filled before the pipeline runs; leave it out or set it to false",
      {},
    );
  }
  return silentBootstrap;
}

/** Accepts a start: desired is Provisioned from then on, whether or not the program has been compiled yet. */
export function start(p: Pipeline, request: StartRequest, now: string): Pipeline {
  if (p.resourcesDesiredStatus === "Provisioned") return sameStart(p, request);
  if (p.resourcesStatus !== "Stopped") throw illegal(p, "start", "wait until it has stopped");
  if (p.storageStatus === "Clearing") {
    throw new ManagerError("CannotStartWhileClearingStorage", `Pipeline '${p.name}' cannot start while its storage is being cleared`, {
      pipeline_name: p.name,
    });
  }
  if (failedProgram.has(p.programStatus)) {
    throw new ManagerError(
      "CannotStartWithCompilationError",
      `Pipeline '${p.name}' cannot start: its program failed to compile (${p.programStatus}); see program_error and correct the program`,
      { pipeline_name: p.name, program_status: p.programStatus },
    );
  }
  if (p.deploymentError !== null && !request.dismissError) {
    throw new ManagerError(
      "CannotStartWithUndismissedError",
      `Pipeline '${p.name}' cannot start: its last deployment failed and the error has not been dismissed; dismiss it, or start with dismiss_error=true`,
      { pipeline_name: p.name },
    );
  }
  if (request.initial === "Standby") {
    throw new ManagerError(
      "InitialStandbyNotAllowed",
      `Pipeline '${p.name}' cannot start in standby, which needs a checkpoint store to follow`,
      {
        pipeline_name: p.name,
      },
    );
  }
  return change(
    p,
    {
      resourcesDesiredStatus: "Provisioned",
      deploymentInitial: request.initial,
      bootstrapPolicy: request.bootstrapPolicy,
      silentBootstrap: request.silentBootstrap,
      concurrentBootstrap: request.concurrentBootstrap,
      deploymentError: null,
    },
    now,
  );
}

/** A second start with the same options changes nothing; another one must wait for the stop. */
function sameStart(p: Pipeline, request: StartRequest): Pipeline {
  if (p.runtimeDesiredStatus === "Suspended") throw illegal(p, "start", "wait until it has stopped");
  if (p.deploymentInitial !== request.initial) {
    throw new ManagerError(
      "InitialImmutableUnlessStopped",
      `Pipeline '${p.name}' has been started with initial '${String(p.deploymentInitial)}', which cannot change to '${request.initial}' until it is stopped`,
      { pipeline_name: p.name, current: p.deploymentInitial, requested: request.initial },
    );
  }
  const equal =
    p.bootstrapPolicy === request.bootstrapPolicy &&
    p.silentBootstrap === request.silentBootstrap &&
    p.concurrentBootstrap === request.concurrentBootstrap;
  if (equal) return p;
  throw new ManagerError(
    "BootstrapPolicyImmutableUnlessStopped",
    `The bootstrap options of pipeline '${p.name}' cannot change until it is stopped`,
    {
      pipeline_name: p.name,
      current: p.bootstrapPolicy,
      requested: request.bootstrapPolicy,
    },
  );
}

/** Legal in every state, and a no-op once stopping; what runs is taken down by the caller. */
export function forceStop(p: Pipeline, now: string): Pipeline {
  const running = p.resourcesStatus === "Provisioning" || p.resourcesStatus === "Provisioned";
  return change(p, { ...(running ? stopping : undesired) }, now);
}

const undesired: Partial<Pipeline> = {
  resourcesDesiredStatus: "Stopped",
  runtimeDesiredStatus: null,
  deploymentInitial: null,
  bootstrapPolicy: null,
  silentBootstrap: null,
  concurrentBootstrap: null,
  programChange: null,
  runtimeReason: null,
};
/** The fields of a pipeline that is being taken down. */
export const stopping: Partial<Pipeline> = { ...undesired, resourcesStatus: "Stopping", runtimeStatus: null };
/** The fields of a pipeline that nobody wants to run, whatever it does. */
export { undesired };

/**
 * Sets the desired runtime state of a deployed pipeline.
 * @throws ManagerError `PipelineInteractionNotDeployed`, or `IllegalPipelineAction` while it is being suspended
 */
export function setRuntime(p: Pipeline, desired: "Paused" | "Running", now: string): Pipeline {
  assertDeployed(p);
  if (p.runtimeDesiredStatus === "Suspended") {
    throw illegal(p, desired === "Paused" ? "pause" : "resume", "wait until it has stopped, then start it again");
  }
  return change(p, { runtimeDesiredStatus: desired }, now);
}

/** @throws ManagerError `PipelineInteractionNotDeployed` */
export function assertDeployed(p: Pipeline): void {
  if (p.resourcesStatus === "Provisioned") return;
  throw new ManagerError(
    "PipelineInteractionNotDeployed",
    `Pipeline '${p.name}' is not deployed: its status is ${combinedStatus(p)} and its desired status ${combinedDesiredStatus(p)}; start it and wait until it is deployed`,
    { pipeline_name: p.name, status: p.resourcesStatus, desired_status: p.resourcesDesiredStatus },
  );
}

/** Storage turns to Clearing, or stays Cleared. @throws ManagerError `StorageStatusImmutableUnlessStopped` */
export function clear(p: Pipeline, now: string): Pipeline {
  if (!isFullyStopped(p)) {
    throw new ManagerError(
      "StorageStatusImmutableUnlessStopped",
      `The storage of pipeline '${p.name}' can only be cleared while it is stopped; stop it first`,
      {
        pipeline_name: p.name,
        resources_status: p.resourcesStatus,
        resources_desired_status: p.resourcesDesiredStatus,
      },
    );
  }
  return p.storageStatus === "Cleared" ? p : change(p, { storageStatus: "Clearing" }, now);
}

/** @throws ManagerError `DismissErrorRestrictedToFullyStopped` */
export function dismissError(p: Pipeline, now: string): Pipeline {
  if (!isFullyStopped(p)) {
    throw new ManagerError(
      "DismissErrorRestrictedToFullyStopped",
      `The error of pipeline '${p.name}' can only be dismissed while it is stopped`,
      {
        pipeline_name: p.name,
      },
    );
  }
  return change(p, { deploymentError: null }, now);
}

/** @throws ManagerError `DeleteRestrictedToFullyStopped` | `DeleteRestrictedToClearedStorage` */
export function assertDeletable(p: Pipeline): void {
  if (!isFullyStopped(p)) {
    throw new ManagerError(
      "DeleteRestrictedToFullyStopped",
      `Pipeline '${p.name}' can only be deleted while it is stopped; stop it first`,
      {
        pipeline_name: p.name,
      },
    );
  }
  if (p.storageStatus === "Cleared") return;
  throw new ManagerError(
    "DeleteRestrictedToClearedStorage",
    `Pipeline '${p.name}' can only be deleted once its storage is cleared; clear it first`,
    {
      pipeline_name: p.name,
      storage_status: p.storageStatus,
    },
  );
}

/** Storage in use as soon as a process may write to it. */
export function storageWhenDeployed(p: Pipeline): Pipeline["storageStatus"] {
  return hasStorage(p.runtimeConfig) ? "InUse" : p.storageStatus;
}

function isFullyStopped(p: Pipeline): boolean {
  return p.resourcesStatus === "Stopped" && p.resourcesDesiredStatus === "Stopped";
}

function illegal(p: Pipeline, action: string, suggestion: string): ManagerError {
  return new ManagerError("IllegalPipelineAction", `Pipeline '${p.name}' is stopping, so it cannot ${action}; ${suggestion}`, {
    pipeline_name: p.name,
    action,
    resources_status: p.resourcesStatus,
    resources_desired_status: p.resourcesDesiredStatus,
  });
}
