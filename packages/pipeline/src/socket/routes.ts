import { crashPoint } from "../crash-points.ts";
import type { Checkpoints } from "../durability/checkpoints.ts";
import { notWaitingForApproval, PipelineError, suspendRefused } from "../errors.ts";
import { openEgress } from "../http-egress/egress.ts";
import { ingest } from "../http-ingress/ingress.ts";
import { pipelineMetrics } from "../metrics/pipeline-metrics.ts";
import { pipelineStats, type Lifetime } from "../metrics/pipeline-stats.ts";
import type { Resources } from "../metrics/resources.ts";
import { runQuery } from "../query/query.ts";
import type { ConnectionLimit } from "../runtime/connection-limit.ts";
import type { Pipeline } from "../runtime/pipeline.ts";
import { booleanParam, invalidParam, requiredParam } from "./params.ts";
import type { CheckpointMetadata, CheckpointRequested, CheckpointStatus, RuntimeReport, TimeSeries } from "./protocol.ts";
import { empty, json, type Reply } from "./reply.ts";

/** A request as routes see it. */
export interface SocketRequest {
  readonly method: string;
  /** Decoded segments of the path. */
  readonly path: readonly string[];
  readonly query: URLSearchParams;
  readonly body: AsyncIterable<Uint8Array>;
  /** Aborts when the client goes away or the pipeline stops. */
  readonly signal: AbortSignal;
}

/** What routes act on. */
export interface RouteContext {
  readonly pipeline: Pipeline;
  readonly resources: Resources;
  readonly lifetime: Lifetime;
  readonly connections: ConnectionLimit;
  /** Sets the desired state and reports it to the control plane. */
  readonly setRunning: (running: boolean) => void;
  /** Ends the pipeline; resolves when everything is closed. */
  readonly stop: () => Promise<void>;
  /** Ends the pipeline with everything on disk. @throws PipelineError `SuspendError` */
  readonly suspend: () => Promise<void>;
}

type Route = (context: RouteContext, request: SocketRequest, name: string) => Reply | Promise<Reply>;

const maxConfigBytes = 1024 * 1024;

/** `METHOD first-segment[/last-segment]` → handler; the segment between is the name of what it acts on. */
const routes: Readonly<Record<string, Route>> = {
  "GET status": ({ pipeline }) =>
    json({ status: pipeline.running ? "Running" : "Paused", incarnation: pipeline.parts.incarnation } satisfies RuntimeReport),
  "POST pause": ({ setRunning }) => {
    setRunning(false);
    return empty;
  },
  "POST resume": ({ setRunning }) => {
    setRunning(true);
    return empty;
  },
  "POST stop": async ({ stop }) => {
    await stop();
    return empty;
  },
  "POST suspend": async ({ pipeline, suspend }) => {
    if (pipeline.durable === undefined) throw suspendRefused();
    await suspend();
    return json(pipeline.durable.checkpoints.list satisfies readonly CheckpointMetadata[]);
  },
  "POST approve": () => {
    throw notWaitingForApproval();
  },
  "POST checkpoint": ({ pipeline }) => json({ sequenceNumber: checkpoints(pipeline).request() } satisfies CheckpointRequested),
  "GET checkpoint-status": ({ pipeline }) =>
    json((pipeline.durable?.checkpoints.status ?? { success: null, failure: null }) satisfies CheckpointStatus),
  "GET checkpoints": ({ pipeline }) => json((pipeline.durable?.checkpoints.list ?? []) satisfies readonly CheckpointMetadata[]),
  "GET stats": ({ lifetime, pipeline, resources }, { query }) =>
    json(pipelineStats(pipeline, resources, lifetime, booleanParam(query, "errors"))),
  "GET inputs/stats": ({ pipeline }, _request, name) => json(pipeline.input(name).stats(true)),
  "POST inputs/start": async ({ pipeline }, _request, name) => {
    pipeline.setInputPaused(name, false);
    await pipeline.durable?.synced();
    return empty;
  },
  "POST inputs/pause": async ({ pipeline }, _request, name) => {
    pipeline.setInputPaused(name, true);
    await pipeline.durable?.synced();
    return empty;
  },
  "GET inputs/completion-token": ({ pipeline }, _request, name) => json(pipeline.completionToken(name)),
  "GET completion-status": ({ pipeline }, { query }) => json(pipeline.completionStatus(requiredParam(query, "token"))),
  "GET outputs/stats": ({ pipeline }, _request, name) => json(pipeline.output(name).stats(true)),
  "POST outputs/reset": async ({ pipeline }, _request, name) => {
    const token = pipeline.resetOutput(name);
    await pipeline.durable?.synced();
    crashPoint("reset.requested");
    return json(token);
  },
  "GET reset-status": ({ pipeline }, { query }) => json(pipeline.resetStatus(requiredParam(query, "token"))),
  "POST ingress": async ({ connections, pipeline }, { body, query, signal }, table) => {
    const release = connections.take();
    try {
      return json(await ingest(pipeline, { table, query, body, signal }));
    } finally {
      release();
    }
  },
  "POST egress": async ({ connections, pipeline }, { body, query }, relation) => {
    const release = connections.take();
    try {
      const { close, frames } = await openEgress(pipeline, relation, query, await readText(body));
      const onEnd = (): void => {
        close();
        release();
      };
      return { kind: "stream", contentType: "application/json", body: frames, onEnd };
    } catch (error) {
      release();
      throw error;
    }
  },
  "GET query": async ({ pipeline }, { query, signal }) => {
    const answer = await runQuery(pipeline, requiredParam(query, "sql"), query.get("format") ?? "text", signal);
    return { kind: "stream", ...answer };
  },
  "GET metrics": ({ lifetime, pipeline, resources }) =>
    json(pipelineMetrics(pipeline, pipelineStats(pipeline, resources, lifetime, false))),
  "GET time-series": ({ pipeline, resources }) =>
    json({ now: Math.round(pipeline.parts.clock.now()), samples: resources.samples } satisfies TimeSeries),
  "GET time-series-stream": ({ resources }, { signal }) => ({
    kind: "stream",
    contentType: "application/x-ndjson",
    body: timeSeriesStream(resources, signal),
  }),
};

/** What is answered as soon as connectors stand, while earlier steps are still done again or changed views are filled. */
const early: ReadonlySet<string> = new Set(["GET inputs/stats", "POST inputs/start", "POST inputs/pause", "GET outputs/stats"]);

/** The handler of a request, or undefined when there is no such route; `early`: it needs connectors alone. */
export function findRoute({
  method,
  path,
}: Pick<SocketRequest, "method" | "path">): { readonly route: Route; readonly name: string; readonly early: boolean } | undefined {
  const [first = "", name = "", last] = path;
  const key = path.length === 3 && last !== undefined ? `${method} ${first}/${last}` : `${method} ${first}`;
  const named = path.length === 3 || first === "ingress" || first === "egress";
  if (path.length > 3 || named !== path.length > 1) return undefined;
  const route = Object.hasOwn(routes, key) ? routes[key] : undefined;
  return route === undefined ? undefined : { route, name, early: early.has(key) };
}

function checkpoints({ durable }: Pipeline): Checkpoints {
  if (durable !== undefined) return durable.checkpoints;
  const text = "No checkpoint can be taken: the pipeline has no storage. Set runtime_config.storage and start it anew.";
  throw new PipelineError("CheckpointError", text, { permanent: ["StorageRequired"] });
}

async function readText(body: AsyncIterable<Uint8Array>): Promise<string> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of body) {
    bytes += piece.length;
    if (bytes > maxConfigBytes) throw invalidParam("the request body is larger than 1 MiB");
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString("utf8");
}

async function* timeSeriesStream(resources: Resources, signal: AbortSignal): AsyncGenerator<string> {
  const waiting = [...resources.samples];
  let wake: (() => void) | undefined;
  const unsubscribe = resources.subscribe((sample) => {
    // A reader that does not read loses the oldest samples, not the process its memory.
    if (waiting.length >= 600) waiting.shift();
    waiting.push(sample);
    wake?.();
  });
  const end = (): void => wake?.();
  signal.addEventListener("abort", end, { once: true });
  try {
    while (!signal.aborted) {
      for (const sample of waiting.splice(0)) yield `${JSON.stringify(sample)}\n`;
      if (waiting.length > 0 || signal.aborted) continue;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  } finally {
    unsubscribe();
    signal.removeEventListener("abort", end);
  }
}
