import type { PipelineStats } from "@headgate/pipeline";
import type { InteractionService, Pipeline } from "../../api.ts";
import { ManagerError } from "../../errors.ts";
import type { Registry } from "../../pipelines/registry.ts";
import { ConnectError, type ConnectorStatus } from "../api.ts";
import { scrub } from "../core/secrets.ts";
import { stateFromStats, stateWithoutStats, type EmbeddedState, type EndpointStats } from "./embedded-state.ts";
import type { Endpoint } from "./endpoints.ts";

/** What a pipeline is known to be at one moment: its own state, or its counters. */
export type PipelineLook =
  | { readonly state: EmbeddedState; readonly observedAt: number }
  | { readonly seen: SeenStats; readonly running: "Running" | "Paused"; readonly staleBecause?: string };

/** Counters with the moment at which they came, by endpoint. */
interface SeenStats {
  readonly incarnation: string | null;
  readonly observedAt: number;
  readonly byName: ReadonlyMap<string, EndpointStats>;
  /** Statuses made of these counters, which every reader of them gets. */
  readonly statuses: Map<string, ConnectorStatus>;
}

/** Looks at pipelines for the states of their connectors: one shared question a pipeline, however many connectors and readers it has. */
export class EmbeddedView {
  readonly #registry: Registry;
  readonly #interaction: InteractionService;
  readonly #now: () => number;
  readonly #seen = new WeakMap<PipelineStats, SeenStats>();
  /** By pipeline id: what to tell while the pipeline gives no answer. */
  readonly #last = new Map<string, SeenStats>();

  constructor(registry: Registry, interaction: InteractionService, now: () => number) {
    this.#registry = registry;
    this.#interaction = interaction;
    this.#now = now;
  }

  /** @throws ConnectError `EngineUnavailable` when a pipeline at work gives no answer and never gave one */
  async look(pipeline: Pipeline): Promise<PipelineLook> {
    const state = stateWithoutStats(pipeline);
    if (state !== undefined) return { state, observedAt: this.#now() };
    const running = pipeline.runtimeStatus === "Paused" ? "Paused" : "Running";
    // A pipeline that was silent a moment ago would keep everybody waiting for the whole deadline.
    if (pipeline.runtimeStatus === "Unavailable" && this.#lastOf(pipeline) !== undefined) {
      return this.#stale(pipeline, running, new Error("it has not answered for a while"));
    }
    try {
      const stats = await this.#interaction.stats(pipeline.name, { errors: false });
      return { seen: this.#note(pipeline, stats), running: stats.global.state === "Paused" ? "Paused" : running };
    } catch (error) {
      if (error instanceof ManagerError && error.code === "PipelineInteractionUnreachable") return this.#stale(pipeline, running, error);
      const now = this.#registry.byId(pipeline.id);
      const after = now === undefined ? undefined : stateWithoutStats(now);
      // It stopped, or began anew, while it was asked.
      if (after !== undefined) return { state: after, observedAt: this.#now() };
      throw error instanceof ManagerError ? new ConnectError("EngineUnavailable", error.message, { cause: error }) : error;
    }
  }

  #stale(pipeline: Pipeline, running: "Running" | "Paused", error: Error): PipelineLook {
    const seen = this.#lastOf(pipeline);
    if (seen === undefined) throw new ConnectError("EngineUnavailable", error.message, { cause: error });
    return { seen, running, staleBecause: `Pipeline '${pipeline.name}' could not be asked: ${error.message}` };
  }

  #lastOf(pipeline: Pipeline): SeenStats | undefined {
    const last = this.#last.get(pipeline.id);
    return last?.incarnation === pipeline.deploymentId ? last : undefined;
  }

  #note(pipeline: Pipeline, stats: PipelineStats): SeenStats {
    const known = this.#seen.get(stats);
    if (known !== undefined) return known;
    const seen: SeenStats = {
      incarnation: pipeline.deploymentId,
      observedAt: this.#now(),
      byName: new Map([...stats.inputs, ...stats.outputs].map((one) => [one.endpointName, one])),
      statuses: new Map(),
    };
    this.#seen.set(stats, seen);
    if (this.#last.size > this.#registry.list().length) this.#forgetDeleted();
    this.#last.set(pipeline.id, seen);
    return seen;
  }

  #forgetDeleted(): void {
    for (const id of this.#last.keys()) if (this.#registry.byId(id) === undefined) this.#last.delete(id);
  }
}

/** The status of one connector; the very same object while nothing newer was seen. */
export function statusOf(endpoint: Endpoint, look: PipelineLook): ConnectorStatus {
  if ("state" in look) return toStatus(endpoint, look.state, look.observedAt);
  const { seen, running, staleBecause } = look;
  const key = `${running} ${endpoint.name}`;
  const known = staleBecause === undefined ? seen.statuses.get(key) : undefined;
  if (known !== undefined) return known;
  const stats = seen.byName.get(endpoint.name);
  // Declared, but not among the counters: the program has just been changed, and the process is of the one before.
  const state = stats === undefined ? unknownYet : stateFromStats(running, stats);
  const status = toStatus(endpoint, state, seen.observedAt, staleBecause);
  if (staleBecause === undefined) seen.statuses.set(key, status);
  return status;
}

const unknownYet: EmbeddedState = { state: "PROVISIONING", trace: "", task: "UNASSIGNED", msg: "", rawState: "Unknown" };

function toStatus({ name, type, secrets }: Endpoint, state: EmbeddedState, observedAt: number, staleBecause?: string): ConnectorStatus {
  return {
    name,
    type,
    state: state.state,
    trace: scrub(state.trace, secrets),
    tasks: [{ id: 0, state: state.task, msg: scrub(state.msg, secrets), rawState: state.rawState, rawWorker: null }],
    validationErrors: [],
    rawState: state.rawState,
    observedAt,
    ...(staleBecause === undefined ? {} : { staleBecause }),
  };
}
