import type { Schemas } from "@headgate/contract";
import type { ConnectorStatus } from "@headgate/manager";

/**
 * The status as the published cloud sends it, fields and order included: `worker_id` is the connector's name, `trace` and `msg` are
 * always there. A status that could not be refreshed says so where published clients look, too.
 */
export function toConnectorStatus(status: ConnectorStatus): Schemas["ConnectConnectorStatus"] {
  const { name } = status;
  const observedAt = new Date(status.observedAt).toISOString();
  const stale = status.staleBecause === undefined ? "" : `Not refreshed since ${observedAt}: ${status.staleBecause}`;
  return {
    name,
    connector: { state: status.state, worker_id: name, trace: [stale, status.trace].filter((part) => part !== "").join("\n") },
    tasks: status.tasks.map(({ id, state, msg }) => ({ id, state, worker_id: name, msg })),
    type: status.type,
    errors_from_trace: [],
    validation_errors: [...status.validationErrors],
    override_message: stale,
    validation_error_category_info: null,
    is_csfle_error: false,
    error_details: null,
    error_summary: "",
    error_recommendation_enabled: false,
    plugin_lifecycle: "ACTIVE",
    headgate: {
      observed_at: observedAt,
      stale_because: status.staleBecause ?? null,
      state: status.rawState,
      tasks: status.tasks.map(({ id, rawState, rawWorker }) => ({ id, state: rawState, worker: rawWorker })),
    },
  };
}

/** How old the observation is. A clock that was set back makes it no younger than new. */
export function observedAge({ observedAt }: ConnectorStatus, now: number): Readonly<Record<string, string>> {
  return { "X-Headgate-Observed-Age-Ms": String(Math.max(0, Math.round(now - observedAt))) };
}
