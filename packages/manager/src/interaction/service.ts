import type { Metric } from "@headgate/pipeline";
import type { InteractionService, Pipeline } from "../api.ts";
import { ManagerError } from "../errors.ts";
import { assertDeployed } from "../lifecycle/actions.ts";
import type { Registry } from "../pipelines/registry.ts";
import type { Supervisor } from "../supervisor/supervisor.ts";
import type { Timing } from "../timing.ts";
import { mergeMetrics } from "./merge-metrics.ts";
import { SocketFailure, type SocketClient } from "./socket-client.ts";

const segment = encodeURIComponent;
const endpoint = (relation: string, connector: string): string => segment(`${relation}.${connector}`);

/** Forwards calls to deployed pipelines, with the checks and the errors of the published order. */
export function createInteractionService(registry: Registry, supervisor: Supervisor, timing: Timing): InteractionService {
  const reach = (name: string): { pipeline: Pipeline; client: SocketClient } => {
    const pipeline = registry.get(name);
    assertDeployed(pipeline);
    if (pipeline.runtimeStatus === "Initializing") {
      throw new ManagerError("Initializing", `Pipeline '${name}' is initializing; try again when it is paused or running`, {
        pipeline_name: name,
      });
    }
    const client = supervisor.client(pipeline.id);
    if (client === undefined) throw unreachable(name, "connect", new SocketFailure("its process has just ended"));
    return { pipeline, client };
  };
  const guard = async <T>(name: string, request: string, work: (client: SocketClient) => Promise<T>): Promise<T> => {
    const { client } = reach(name);
    try {
      return await work(client);
    } catch (error) {
      if (error instanceof SocketFailure) throw unreachable(name, request, error);
      throw error;
    }
  };
  const read = <T>(name: string, path: string): Promise<T> => guard(name, `GET ${path}`, (c) => c.read<T>(path, timing.callMs));
  const fetchNow = <T>(name: string, path: string): Promise<T> => guard(name, `GET ${path}`, (c) => c.call<T>("GET", path, timing.callMs));
  const post = <T>(name: string, path: string): Promise<T> => guard(name, `POST ${path}`, (c) => c.call<T>("POST", path, timing.callMs));

  return {
    stats: (p, { errors }) => read(p, `/stats?errors=${String(errors)}`),
    inputStats: (p, table, connector) => read(p, `/inputs/${endpoint(table, connector)}/stats`),
    controlInput: (p, table, connector, action) => post(p, `/inputs/${endpoint(table, connector)}/${action}`),
    // Law 5: a token covers all that was ingested before the call, which one asked for earlier does not.
    completionToken: (p, table, connector) => fetchNow(p, `/inputs/${endpoint(table, connector)}/completion-token`),
    completionStatus: (p, token) => read(p, `/completion-status?token=${segment(token)}`),
    outputStats: (p, view, connector) => read(p, `/outputs/${endpoint(view, connector)}/stats`),
    resetOutput: (p, view, connector) => post(p, `/outputs/${endpoint(view, connector)}/reset`),
    resetStatus: (p, token) => read(p, `/reset-status?token=${segment(token)}`),
    ingress: (p, table, query, body, signal) => {
      const path = withQuery(`/ingress/${segment(table)}`, query);
      return guard(p, `POST ${path}`, (c) => c.upload(path, body, timing.ingressMs, signal));
    },
    egress: async (p, relation, query, body, signal) => {
      const path = withQuery(`/egress/${segment(relation)}`, query);
      const content = body === undefined || body === null ? {} : { body: JSON.stringify(body) };
      const reply = await guard(p, `POST ${path}`, (c) =>
        c.stream({ method: "POST", path, ...content, deadlineMs: timing.callMs, signal }),
      );
      return reply.body;
    },
    query: (p, sql, format, signal) => {
      const path = withQuery("/query", new URLSearchParams({ sql, format }));
      return guard(p, "GET /query", (c) => c.stream({ method: "GET", path, deadlineMs: timing.queryMs, signal }));
    },
    metrics: (p) => read(p, "/metrics"),
    allMetrics: async () => {
      const answers = registry
        .list()
        .filter((p) => p.runtimeStatus === "Running" || p.runtimeStatus === "Paused")
        .map(async (p) => {
          // Not shared: a reader of this pipeline alone waits longer for it than a scrape of all may.
          const metrics = await supervisor
            .client(p.id)
            ?.call<readonly Metric[]>("GET", "/metrics", timing.allMetricsMs)
            .catch(() => undefined);
          return { pipeline: p.name, metrics: metrics ?? [] };
        });
      return mergeMetrics(await Promise.all(answers));
    },
    timeSeries: (p) => read(p, "/time-series"),
    timeSeriesStream: async (p, signal) => {
      const path = "/time-series-stream";
      const reply = await guard(p, `GET ${path}`, (c) => c.stream({ method: "GET", path, deadlineMs: timing.callMs, signal }));
      return reply.body;
    },
  };
}

function withQuery(path: string, query: URLSearchParams): string {
  return query.size === 0 ? path : `${path}?${query.toString()}`;
}

function unreachable(name: string, request: string, failure: SocketFailure): ManagerError {
  return new ManagerError(
    "PipelineInteractionUnreachable",
    `Pipeline '${name}' could not be reached (${request}): ${failure.message}; try again, or stop it with force=true`,
    { pipeline_name: name, request, error: failure.message },
    { cause: failure },
  );
}
