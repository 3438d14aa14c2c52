import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { ManagerError, type InteractionService, type Pipeline } from "@headgate/manager";
import type { InputConnectorStats, Metric, OutputConnectorStats } from "../../src/domain.ts";
import { since } from "./sample-pipeline.ts";

const error = { timestamp: since, index: 1, tag: null, message: "bad record" };

/** Connectors of running pipelines that only count, and streams that the test feeds. */
export function createMemoryInteraction(get: (name: string) => Pipeline, incarnation: string): InteractionService {
  const paused = new Set<string>();
  const deployed = (name: string): Pipeline => {
    const pipeline = get(name);
    if (pipeline.resourcesStatus === "Provisioned") return pipeline;
    throw new ManagerError("PipelineInteractionNotDeployed", `The pipeline '${name}' is not deployed.`, {
      pipeline_name: name,
      status: pipeline.resourcesStatus,
      desired_status: pipeline.resourcesDesiredStatus,
    });
  };
  const input = (name: string, table: string, connector: string): string => {
    const endpoint = `${table}.${connector}`;
    if (deployed(name).compiled?.inputConnectors[endpoint] !== undefined) return endpoint;
    throw new ManagerError("UnknownInputEndpoint", `unknown input endpoint name '${endpoint}'`, { endpoint_name: endpoint });
  };
  const output = (name: string, view: string, connector: string): string => {
    const endpoint = `${view}.${connector}`;
    if (deployed(name).compiled?.outputConnectors[endpoint] !== undefined) return endpoint;
    throw new ManagerError("UnknownOutputEndpoint", `unknown output endpoint name '${endpoint}'`, { endpoint_name: endpoint });
  };
  const inputStats = (endpoint: string): InputConnectorStats => ({
    endpointName: endpoint,
    stream: endpoint.split(".")[0] as string,
    metrics: {
      totalBytes: 40,
      totalRecords: 5,
      bufferedRecords: 0,
      bufferedBytes: 0,
      numTransportErrors: 0,
      numParseErrors: 1,
      endOfInput: true,
      processingLatencyP99Micros: undefined,
    },
    fatalError: null,
    parseErrors: [error],
    transportErrors: [],
    health: null,
    paused: paused.has(endpoint),
    barrier: false,
    completedFrontier: { metadata: {}, ingestedAt: since, processedAt: since, completedAt: since },
  });
  const outputStats = (endpoint: string): OutputConnectorStats => ({
    endpointName: endpoint,
    stream: endpoint.split(".")[0] as string,
    metrics: {
      transmittedRecords: 120,
      transmittedBytes: 5240,
      queuedRecords: 0,
      queuedBatches: 0,
      bufferedRecords: 0,
      bufferedBatches: 0,
      numEncodeErrors: 0,
      numTransportErrors: 0,
      totalProcessedInputRecords: 5000,
      totalProcessedSteps: 12,
      memory: 0,
    },
    delivery: "exactly_once",
    fatalError: null,
    encodeErrors: [],
    transportErrors: [error],
    health: { status: "Healthy", description: null },
    reset: { phase: "snapshotting", snapshotRecords: 10, snapshotRecordsSent: 3, error: null },
  });
  const metrics: readonly Metric[] = [
    { key: "records_total", type: "counter", description: "Records.", values: [{ labels: { pipeline: 'a"b' }, value: 5 }] },
    {
      key: "latency_seconds",
      type: "histogram",
      description: "Latency.",
      values: [
        {
          labels: {},
          value: {
            buckets: [
              { le: 1, count: 2 },
              { gt: 1, le: 5, count: 1 },
              { gt: 5, count: 1 },
            ],
            sum: 14,
            count: 4,
          },
        },
      ],
    },
  ];
  const readToken = (token: string, kind: string): void => {
    if (token === "gone") throw new ManagerError("PipelineRestarted", "The pipeline was restarted.", {});
    if (token !== "token") throw new ManagerError("InvalidParam", `Invalid parameter: invalid ${kind} token: not base64url`, {});
  };
  return {
    stats: async (name, { errors }) => {
      deployed(name);
      const { parseErrors, transportErrors, ...plainInput } = inputStats("numbers.c1");
      const { encodeErrors, transportErrors: sendErrors, ...plainOutput } = outputStats("Totals.file");
      return {
        global: {
          state: "Running",
          incarnation,
          startTime: 1_789_000_000,
          initialStartTime: 1_789_000_000,
          uptimeMsecs: 1,
          runtimeElapsedMsecs: 1,
          cpuMsecs: 1,
          rssBytes: 1,
          memoryPressure: "low",
          memoryPressureEpoch: 0,
          storageBytes: 0,
          storageMbSecs: 0,
          outputStallMsecs: 0,
          totalInputRecords: 5,
          totalInputBytes: 40,
          bufferedInputRecords: 0,
          bufferedInputBytes: 0,
          totalProcessedRecords: 5,
          totalProcessedBytes: 40,
          totalCompletedRecords: 5,
          totalInitiatedSteps: 1,
          totalCompletedSteps: 1,
          pipelineComplete: true,
        },
        suspendError: { temporary: ["Bootstrapping", { inputEndpointBarrier: "numbers.c1" }] },
        checkpointActivity: { status: "delayed", delayedSince: since, reasons: ["Bootstrapping"] },
        inputs: [errors ? { ...plainInput, parseErrors: parseErrors ?? [], transportErrors: transportErrors ?? [] } : plainInput],
        outputs: [errors ? { ...plainOutput, encodeErrors: encodeErrors ?? [], transportErrors: sendErrors ?? [] } : plainOutput],
      };
    },
    inputStats: async (name, table, connector) => inputStats(input(name, table, connector)),
    controlInput: async (name, table, connector, action) => {
      const endpoint = input(name, table, connector);
      if (action === "pause") paused.add(endpoint);
      else paused.delete(endpoint);
    },
    approve: async (name, { silentBootstrap, concurrentBootstrap }) => {
      deployed(name);
      if (silentBootstrap === true && concurrentBootstrap === true) throw new ManagerError("InvalidBootstrapConfig", "both", {});
    },
    checkpoint: async (name) => {
      deployed(name);
      return { sequenceNumber: 3, incarnation };
    },
    checkpointStatus: async (name, requested) => {
      deployed(name);
      if (requested !== undefined && requested !== incarnation) {
        throw new ManagerError("IncarnationUuidMismatch", "another incarnation", { requested, expected: incarnation });
      }
      return { success: 2, failure: { sequenceNumber: 3, error: "the disk is full", failedAt: since } };
    },
    checkpoints: async (name) => {
      deployed(name);
      return [{ uuid: incarnation, fingerprint: 9, size: 10, steps: 11, processedRecords: 12 }];
    },
    completionToken: async (name, table, connector) => {
      input(name, table, connector);
      return { token: "token" };
    },
    completionStatus: async (name, token) => {
      deployed(name);
      readToken(token, "completion");
      return { status: "complete", step: 12 };
    },
    outputStats: async (name, view, connector) => outputStats(output(name, view, connector)),
    resetOutput: async (name, view, connector) => {
      output(name, view, connector);
      return { token: "token" };
    },
    resetStatus: async (name, token) => {
      deployed(name);
      readToken(token, "reset");
      return {
        status: "inprogress",
        phase: "snapshotting",
        snapshotRecords: 10,
        snapshotRecordsSent: 3,
        startedAt: since,
        completedAt: null,
        estimatedCompletionAt: null,
        error: null,
      };
    },
    ingress: async (name, table, query, body, signal) => {
      deployed(name);
      if (table !== "numbers") throw new ManagerError("ConfigError.UnknownInputStream", `unknown table '${table}'`, {});
      const records = await text(
        body.compose(async function* (chunks: AsyncIterable<Buffer>) {
          for await (const chunk of chunks) {
            signal.throwIfAborted();
            yield chunk;
          }
        }),
      );
      return { token: `${query.toString()}|${records.length}` };
    },
    egress: async (name, relation, query, body, signal) => {
      deployed(name);
      if (relation !== "Totals") throw new ManagerError("ConfigError.UnknownOutputStream", `unknown relation '${relation}'`, {});
      const first = { sequence_number: 0, snapshot: query.get("send_snapshot") === "true" || body !== undefined };
      const stream = new Readable({ read: () => undefined });
      stream.push(`${JSON.stringify(first)}\r\n`);
      signal.addEventListener("abort", () => stream.destroy(), { once: true });
      return stream;
    },
    query: async (name, sql, format) => {
      deployed(name);
      if (sql.startsWith("DROP")) throw new ManagerError("AdHocQueryError", "Error during query processing: DDL", { error: "DDL" });
      return {
        contentType: format === "json" ? "application/json" : format === "parquet" ? "application/vnd.apache.parquet" : "text/plain",
        body: Readable.from([JSON.stringify({ sql, format })]),
      };
    },
    metrics: async (name) => {
      deployed(name);
      return metrics;
    },
    allMetrics: async () => metrics,
    timeSeries: async (name) => {
      deployed(name);
      return { now: 2000, samples: [{ t: 1000, r: 1, m: 2, s: 3 }] };
    },
    timeSeriesStream: async (name) => {
      deployed(name);
      const stream = new Readable({ read: () => undefined });
      stream.push(`${JSON.stringify({ t: 1000, r: 1, m: 2, s: 3 })}\n`);
      return stream;
    },
  };
}
