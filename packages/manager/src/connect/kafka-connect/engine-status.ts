import type { ConnectorStatus, ConnectTask } from "../api.ts";
import { connectorState } from "../core/connector-state.ts";
import { scrub } from "../core/secrets.ts";
import { taskState } from "../core/task-state.ts";
import type { Rejection } from "./connector-book.ts";
import { connectorType, type EngineStatus } from "./engine-types.ts";

/** A Java stack trace has no bound of its own. */
const traceLimit = 32_768;

/** What a status is made of. */
export interface StatusParts {
  readonly name: string;
  /** Undefined while the engine has none to tell. */
  readonly engine: EngineStatus | undefined;
  readonly everRan: boolean;
  readonly young: boolean;
  readonly previous: ConnectorStatus["state"] | undefined;
  readonly settling: boolean;
  readonly secrets: readonly string[];
  readonly observedAt: number;
  readonly staleBecause: string | undefined;
  /** Why a worker is thought to be gone; undefined when it is not. */
  readonly silence: (workerId: string) => string | undefined;
}

/** The engine's status in the words of the dialect. */
export function toStatus(parts: StatusParts): ConnectorStatus {
  const { name, engine, observedAt, secrets } = parts;
  if (engine === undefined) return { ...begun(name, observedAt), ...stale(parts.staleBecause) };
  const clean = (trace: string | undefined): string => scrub(bounded(trace ?? ""), secrets);
  const tasks = engine.tasks.map((task): ConnectTask => {
    const msg = clean(task.trace);
    return { id: task.id, state: taskState(task.state, msg), msg, rawState: task.state, rawWorker: task.worker_id || null };
  });
  const state = connectorState({
    deleting: false,
    started: true,
    accepted: true,
    failed: engine.connector.state === "FAILED",
    assigned: engine.connector.state === "RUNNING",
    target: engine.connector.state === "PAUSED" || engine.connector.state === "STOPPED" ? "PAUSED" : "RUNNING",
    tasks: tasks.map((task) => task.state),
    everRan: parts.everRan,
    young: parts.young,
    previous: parts.previous,
    settling: parts.settling,
  });
  const firstFailed = tasks.find((task) => task.rawState === "FAILED")?.msg ?? "";
  return {
    name,
    type: connectorType(engine.type),
    state,
    trace: state === "FAILED" || state === "DEGRADED" ? clean(engine.connector.trace) || firstFailed || unwell(tasks) : "",
    tasks,
    validationErrors: [],
    rawState: engine.connector.state,
    observedAt,
    ...stale(parts.staleBecause ?? lostWorker(engine, parts.silence)),
  };
}

/** Accepted, and nothing is known of it yet. */
function begun(name: string, observedAt: number): ConnectorStatus {
  const nothing = { trace: "", tasks: [], validationErrors: [], rawState: "NONE" } as const;
  return { name, type: "unknown", state: "PROVISIONING", ...nothing, observedAt };
}

/** The status of a connector that the engine would not have. */
export function toRejectedStatus(name: string, { trace, errors }: Rejection, observedAt: number): ConnectorStatus {
  return {
    name,
    type: "unknown",
    state: "FAILED",
    trace,
    tasks: [{ id: 0, state: "USER_ACTIONABLE_ERROR", msg: "", rawState: "REJECTED", rawWorker: null }],
    validationErrors: errors,
    rawState: "REJECTED",
    observedAt,
  };
}

/**
 * Kafka Connect goes on telling what a worker said last until it has noticed that the worker is gone. So a status that comes from a worker
 * that does not answer is no fresh one.
 */
function lostWorker({ connector, tasks }: EngineStatus, silence: (workerId: string) => string | undefined): string | undefined {
  const parts = [{ what: "the connector", ...connector }, ...tasks.map((task) => ({ what: `task ${String(task.id)}`, ...task }))];
  for (const { what, state, worker_id: worker } of parts) {
    const why = worker === undefined || state !== "RUNNING" ? undefined : silence(worker);
    if (why !== undefined) return `The worker ${worker ?? ""} that runs ${what} does not answer: ${why}`;
  }
  return undefined;
}

/** Kafka Connect says no more of what lost its worker than that it has none. */
function unwell(tasks: readonly ConnectTask[]): string {
  const idle = tasks.filter(({ state }) => state !== "RUNNING").map(({ id, rawState }) => `task ${String(id)} is ${rawState}`);
  return idle.length === 0 ? "The connector has no worker." : `Not all tasks run: ${idle.join(", ")}.`;
}

function stale(because: string | undefined): { readonly staleBecause?: string } {
  return because === undefined ? {} : { staleBecause: because };
}

function bounded(trace: string): string {
  return trace.length <= traceLimit ? trace : `${trace.slice(0, traceLimit)}\n… (${String(trace.length - traceLimit)} more characters)`;
}
