import type { InputConnectorStats, OutputConnectorStats } from "@headgate/pipeline";
import type { Pipeline } from "../../api.ts";
import type { ConnectorState, ConnectTaskState } from "../api.ts";

/** What a connector of a pipeline is in the words of the dialect. */
export interface EmbeddedState {
  readonly state: ConnectorState;
  readonly trace: string;
  readonly task: ConnectTaskState;
  readonly msg: string;
  /** The states of the pipeline and of the connector, in the words of the Pipelines dialect. */
  readonly rawState: string;
}

/** Counters of one connector, of whichever side. */
export type EndpointStats =
  | (Pick<InputConnectorStats, "fatalError" | "health" | "paused"> & {
      readonly metrics: Pick<InputConnectorStats["metrics"], "endOfInput">;
    })
  | Pick<OutputConnectorStats, "fatalError" | "health">;

type PipelineState = Pick<
  Pipeline,
  "name" | "resourcesStatus" | "resourcesDesiredStatus" | "runtimeStatus" | "deploymentError" | "runtimeReason"
>;

const healthy = { trace: "", msg: "" } as const;

/**
 * The state of a connector of a pipeline that has none to ask: not deployed, or not yet at work. Undefined when its process is at work, or
 * should be: then its counters decide.
 *
 * The table is in docs/connect.md, section "embedded".
 */
export function stateWithoutStats(p: PipelineState): EmbeddedState | undefined {
  if (p.resourcesStatus === "Stopped" && p.resourcesDesiredStatus === "Provisioned") return provisioning("Provisioning");
  if (p.resourcesStatus === "Stopped" && p.deploymentError !== null) {
    const { message } = p.deploymentError;
    return { state: "FAILED", trace: message, task: "SYSTEM_ERROR", msg: message, rawState: "Stopped" };
  }
  if (p.resourcesStatus === "Stopped" || p.resourcesStatus === "Stopping") return stopped(p.resourcesStatus);
  if (p.resourcesStatus === "Provisioning") return provisioning("Provisioning");
  switch (p.runtimeStatus) {
    case "Initializing":
    case "Bootstrapping":
    case "Replaying":
      return provisioning(p.runtimeStatus);
    case "AwaitingApproval":
      return provisioning(
        p.runtimeStatus,
        `The program of pipeline '${p.name}' has changed: POST /v0/pipelines/${encodeURIComponent(p.name)}/approve lets it go on`,
      );
    case "Suspended":
      return stopped(p.runtimeStatus);
    default:
      return undefined;
  }
}

function provisioning(rawState: string, msg = ""): EmbeddedState {
  return { ...healthy, msg, state: "PROVISIONING", task: "UNASSIGNED", rawState };
}

function stopped(rawState: string): EmbeddedState {
  return { ...healthy, state: "PAUSED", task: "STOPPED", rawState };
}

/** The state of a connector of a pipeline whose process is at work, from its counters. */
export function stateFromStats(pipeline: "Running" | "Paused", stats: EndpointStats): EmbeddedState {
  if (stats.fatalError !== null) {
    return { state: "FAILED", trace: stats.fatalError, task: "USER_ACTIONABLE_ERROR", msg: stats.fatalError, rawState: "Failed" };
  }
  const input = "paused" in stats ? stats : undefined;
  if (input?.paused === true) return stopped("Paused");
  if (pipeline === "Paused") return stopped("PipelinePaused");
  if (stats.health?.status === "Unhealthy") {
    const why = stats.health.description ?? "the connector is retrying";
    return { state: "DEGRADED", trace: why, task: "RESTARTING", msg: why, rawState: "Unhealthy" };
  }
  const rawState = input?.metrics.endOfInput === true ? "EndOfInput" : "Running";
  return { ...healthy, state: "RUNNING", task: "RUNNING", rawState };
}
