import type { Pipeline } from "../api.ts";
import { hasStorage } from "../config/runtime-options.ts";
import { ManagerError } from "../errors.ts";
import { stopping } from "./actions.ts";
import { change } from "./change.ts";

/** True when the pipeline has something to write a checkpoint of; stopping any other loses nothing. */
export function isSuspendable(p: Pipeline): boolean {
  return p.resourcesStatus === "Provisioned" && p.runtimeStatus !== "Initializing" && p.runtimeStatus !== "AwaitingApproval";
}

/** Wishes that the pipeline write all to disk and end. @throws ManagerError `SuspendError` when it has no storage. */
export function suspend(p: Pipeline, now: string): Pipeline {
  if (!isSuspendable(p)) return p;
  if (!hasStorage(p.runtimeConfig)) throw cannotSuspend(p.name, ["StorageRequired"]);
  return change(p, { runtimeDesiredStatus: "Suspended", runtimeReason: null }, now);
}

/** The refusal for reasons that no waiting mends, in the published words. */
export function cannotSuspend(name: string, reasons: readonly unknown[]): ManagerError {
  const list = reasons.map((reason) => (typeof reason === "string" ? reason : JSON.stringify(reason))).join(", ");
  return new ManagerError(
    "SuspendError",
    `Pipeline '${name}' cannot be suspended: ${list}; a stop with force=true always works, and keeps what is in its storage`,
    { pipeline_name: name, reasons },
  );
}

/** All is on disk and the process is about to end, as was wished for. */
export function suspended(p: Pipeline, now: string): Pipeline {
  return p.resourcesStatus === "Provisioned" ? change(p, stopping, now) : p;
}

/** No last checkpoint could be written: the pipeline goes on as it was, and says why. */
export function suspendFailed(p: Pipeline, reason: string, now: string): Pipeline {
  if (p.resourcesStatus !== "Provisioned" || p.runtimeDesiredStatus !== "Suspended") return p;
  const goesOn = p.runtimeStatus === "Paused" || p.runtimeStatus === "Running" ? p.runtimeStatus : p.deploymentInitial;
  return change(p, { runtimeDesiredStatus: goesOn, runtimeReason: reason }, now);
}
