import type { ConnectorState, ConnectTaskState } from "../api.ts";

/** What is known of a connector at one moment; the state of the whole follows from it alone. */
export interface ConnectorLook {
  /** A deletion is being carried out. */
  readonly deleting: boolean;
  /** The engine knows of the connector and has begun with it. */
  readonly started: boolean;
  /** The connector was asked for, so that something is going to happen with it. */
  readonly accepted: boolean;
  /** The connector itself, apart from its tasks, could not be made to work. */
  readonly failed: boolean;
  /** The connector itself, apart from its tasks, is at work somewhere. */
  readonly assigned: boolean;
  /** What was asked for last. */
  readonly target: "RUNNING" | "PAUSED";
  readonly tasks: readonly ConnectTaskState[];
  /** All tasks were seen RUNNING at some time in the connector's life. */
  readonly everRan: boolean;
  /** New enough that a connector without tasks may still be about to get them. */
  readonly young: boolean;
  /** The state that was last told; undefined when nothing was. */
  readonly previous: ConnectorState | undefined;
  /** A change was asked for so lately that the engine may be in the middle of it. */
  readonly settling: boolean;
}

const erroneous = (task: ConnectTaskState): boolean => task === "SYSTEM_ERROR" || task === "USER_ACTIONABLE_ERROR";

/**
 * The state of a connector, as an aggregate over its tasks. Total: every look has a state.
 *
 * A pause or a resume shows as the old state, then the new one, with nothing in between: clients that wait for the new one take a third
 * one for a failure. That holds only while it settles, so that what got stuck halfway does not look well for ever.
 */
export function connectorState(look: ConnectorLook): ConnectorState {
  if (look.deleting) return "DELETED";
  if (!look.started) return look.accepted ? "PROVISIONING" : "NONE";
  if (look.failed) return "FAILED";
  return look.target === "PAUSED" ? pausing(look) : running(look);
}

function pausing(look: ConnectorLook): ConnectorState {
  const { tasks, previous, settling } = look;
  if (tasks.every((task) => task === "STOPPED")) return "PAUSED";
  if (settling && previous !== undefined && previous !== "PAUSED") return previous;
  if (tasks.some(erroneous)) return tasks.every(erroneous) ? "FAILED" : "DEGRADED";
  // Tasks that are assigned to nobody run nowhere, which is what was asked for.
  return tasks.some((task) => task === "RUNNING" || task === "RESTARTING") ? withoutError(look) : "PAUSED";
}

function running(look: ConnectorLook): ConnectorState {
  const { tasks, previous, settling } = look;
  if (tasks.some(erroneous)) return tasks.every(erroneous) ? "FAILED" : "DEGRADED";
  if (tasks.length > 0 && tasks.every((task) => task === "RUNNING")) return "RUNNING";
  if (settling && previous === "PAUSED") return "PAUSED";
  return withoutError(look);
}

/** No task is in error, and not all are RUNNING. */
function withoutError({ tasks, assigned, everRan, young, previous }: ConnectorLook): ConnectorState {
  if (tasks.length === 0) {
    if (!everRan && (young || !assigned)) return "PROVISIONING";
    return assigned ? "RUNNING" : "DEGRADED";
  }
  if (tasks.every((task) => task === "RUNNING")) return "RUNNING";
  if (tasks.every((task) => task === "STOPPED")) return "PAUSED";
  if (!everRan) return "PROVISIONING";
  const onlyRestarts = tasks.every((task) => task === "RUNNING" || task === "RESTARTING");
  return onlyRestarts && (previous === undefined || previous === "RUNNING") ? "RUNNING" : "DEGRADED";
}
