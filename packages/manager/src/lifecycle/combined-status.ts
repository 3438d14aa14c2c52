import type { Pipeline } from "../api.ts";

/** The published `deployment_status`: resources first, and the runtime's own while Provisioned. */
export function combinedStatus(p: Pick<Pipeline, "resourcesStatus" | "runtimeStatus">): string {
  return p.resourcesStatus === "Provisioned" ? (p.runtimeStatus ?? "Unavailable") : p.resourcesStatus;
}

/** The published `deployment_desired_status`. */
export function combinedDesiredStatus(p: Pick<Pipeline, "resourcesDesiredStatus" | "runtimeDesiredStatus" | "deploymentInitial">): string {
  return p.resourcesDesiredStatus === "Stopped" ? "Stopped" : (p.runtimeDesiredStatus ?? p.deploymentInitial ?? "Unavailable");
}
