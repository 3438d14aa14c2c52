import type { CheckpointRequested, CheckpointStatus, Metric } from "@headgate/pipeline";
import type { DeployedRuntimeStatus, InteractionService, Pipeline } from "../api.ts";
import { ManagerError } from "../errors.ts";
import { assertDeployed, parseSilent } from "../lifecycle/actions.ts";
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
    assertAtWork(pipeline);
    return connect(pipeline);
  };
  const connect = (pipeline: Pipeline): { pipeline: Pipeline; client: SocketClient } => {
    const { name } = pipeline;
    const client = supervisor.client(pipeline.id);
    if (client === undefined) throw unreachable(name, "connect", new SocketFailure("its process has just ended"));
    return { pipeline, client };
  };
  const guard = async <T>(
    name: string,
    request: string,
    work: (client: SocketClient) => Promise<T>,
    { client } = reach(name),
  ): Promise<T> => {
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
    approve: async (p, options) => {
      const silent = parseSilent(options);
      const pipeline = registry.get(p);
      assertDeployed(pipeline);
      const path = `/approve?silent=${String(silent)}`;
      await guard(p, `POST ${path}`, (c) => c.call("POST", path, timing.callMs), connect(pipeline));
      supervisor.approved(pipeline.id);
    },
    checkpoint: async (p) => {
      const { pipeline } = reach(p);
      const { sequenceNumber } = await post<CheckpointRequested>(p, "/checkpoint");
      return { sequenceNumber, incarnation: pipeline.deploymentId };
    },
    checkpointStatus: async (p, incarnation) => {
      const { pipeline } = reach(p);
      if (incarnation !== undefined && incarnation !== pipeline.deploymentId) throw otherIncarnation(pipeline, incarnation);
      return await fetchNow<CheckpointStatus>(p, "/checkpoint-status");
    },
    checkpoints: (p) => fetchNow(p, "/checkpoints"),
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
        .filter((p) => p.runtimeStatus !== null && reporting.has(p.runtimeStatus))
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

/** In these states a pipeline has counters to tell. */
const reporting: ReadonlySet<DeployedRuntimeStatus> = new Set(["Running", "Paused", "Bootstrapping", "Replaying"]);

/** States in which the process has nothing to answer from, with what its caller can do. */
const notAtWork = {
  Initializing: "is initializing; try again when it is paused or running",
  AwaitingApproval: "awaits approval, since its program has changed; approve it, or stop it",
  Suspended: "has been suspended and is about to end; start it again once it has stopped",
} as const;

function assertAtWork({ name, runtimeStatus }: Pipeline): void {
  if (runtimeStatus !== "Initializing" && runtimeStatus !== "AwaitingApproval" && runtimeStatus !== "Suspended") return;
  throw new ManagerError(runtimeStatus, `Pipeline '${name}' ${notAtWork[runtimeStatus]}`, { pipeline_name: name });
}

function otherIncarnation({ name, deploymentId }: Pipeline, requested: string): ManagerError {
  return new ManagerError(
    "IncarnationUuidMismatch",
    `Pipeline '${name}' now runs as incarnation ${String(deploymentId)}, not ${requested}: it has been restarted, so ask for a new checkpoint`,
    { requested, expected: deploymentId },
  );
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
