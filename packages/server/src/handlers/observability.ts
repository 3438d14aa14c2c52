import { invalidEventId } from "../refusals.ts";
import { toControllerStatus } from "../wire/controller-status.ts";
import { toDataflowGraph } from "../wire/dataflow.ts";
import { toLogText } from "../wire/log-lines.ts";
import { toMetrics, toPrometheus } from "../wire/metrics.ts";
import { isEventId, toPipelineEvent } from "../wire/pipeline-events.ts";
import type { HandlersOf, Services } from "./services.ts";

export function observabilityHandlers({ manager: { interaction, pipelines }, share, ownMetrics }: Services) {
  const toStats = share(toControllerStatus);
  return {
    getPipelineStats: async ({ params, query: { include_connector_errors: errors = false } }) => ({
      status: 200,
      body: toStats(await interaction.stats(params.pipeline_name, { errors })),
    }),
    getPipelineTimeSeries: async ({ params }) => {
      const { now, samples } = await interaction.timeSeries(params.pipeline_name);
      return { status: 200, body: { now, samples: [...samples] } };
    },
    streamPipelineTimeSeries: async ({ params, signal }) => ({
      status: 200,
      contentType: "application/x-ndjson",
      stream: await interaction.timeSeriesStream(params.pipeline_name, signal),
    }),
    getPipelineLogs: async ({ params, signal }) => ({
      status: 200,
      contentType: "text/plain",
      stream: toLogText(await pipelines.logs(params.pipeline_name, signal)),
    }),
    getPipelineMetrics: async ({ params, query: { format = "prometheus" } }) => {
      const metrics = await interaction.metrics(params.pipeline_name);
      if (format === "json") return { status: 200, body: toMetrics(metrics) };
      return { status: 200, contentType: "text/plain", body: toPrometheus(metrics) };
    },
    getMetrics: async () => ({
      status: 200,
      contentType: "text/plain",
      body: toPrometheus([...(await interaction.allMetrics()), ...ownMetrics()]),
    }),
    getDataflowGraph: async ({ params }) => ({ status: 200, body: toDataflowGraph(await pipelines.dataflow(params.pipeline_name)) }),
    listPipelineEvents: async ({ params, query: { selector = "status" } }) => {
      const events = await pipelines.events(params.pipeline_name);
      return { status: 200, body: events.map((event) => toPipelineEvent(event, selector)) };
    },
    getPipelineEvent: async ({ params, query: { selector = "status" } }) => {
      if (!isEventId(params.event_id)) throw invalidEventId(params.event_id);
      const event = await pipelines.event(params.pipeline_name, params.event_id);
      return { status: 200, body: toPipelineEvent(event, selector) };
    },
  } satisfies HandlersOf<"observability">;
}
