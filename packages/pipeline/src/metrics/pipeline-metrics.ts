import type { Pipeline } from "../runtime/pipeline.ts";
import type { InputConnectorStats, Metric, MetricValue, OutputConnectorStats, PipelineStats } from "../socket/protocol.ts";

type Source<T> = readonly [key: string, type: "counter" | "gauge", description: string, value: (from: T) => number | undefined];

const globalMetrics: readonly Source<PipelineStats["global"]>[] = [
  ["process_cpu_seconds_total", "counter", "User and system CPU time of the pipeline process, in seconds.", (g) => g.cpuMsecs / 1000],
  ["process_resident_memory_bytes", "gauge", "Resident memory of the pipeline process.", (g) => g.rssBytes],
  ["process_start_time_seconds", "gauge", "Start of the pipeline process, in seconds since the epoch.", (g) => g.startTime],
  [
    "pipeline_complete",
    "gauge",
    "1 when all inputs have ended and everything derived from them is delivered.",
    (g) => Number(g.pipelineComplete),
  ],
  ["records_input_total", "counter", "Records that inputs have queued.", (g) => g.totalInputRecords],
  ["input_bytes_total", "counter", "Bytes that inputs have queued.", (g) => g.totalInputBytes],
  ["records_input_buffered", "gauge", "Records waiting for a step.", (g) => g.bufferedInputRecords],
  ["input_buffered_bytes", "gauge", "Bytes of input waiting for a step.", (g) => g.bufferedInputBytes],
  ["records_processed_total", "counter", "Input records that steps have processed.", (g) => g.totalProcessedRecords],
  ["records_completed_total", "counter", "Input records whose effects every output has delivered.", (g) => g.totalCompletedRecords],
  ["steps_initiated_total", "counter", "Steps begun.", (g) => g.totalInitiatedSteps],
  ["steps_completed_total", "counter", "Steps whose effects every output has delivered.", (g) => g.totalCompletedSteps],
  ["output_stall_seconds_total", "counter", "Time that steps waited for full output queues.", (g) => g.outputStallMsecs / 1000],
  ["storage_bytes", "gauge", "Bytes of storage in use.", (g) => g.storageBytes],
];
const inputMetrics: readonly Source<InputConnectorStats>[] = [
  ["input_connector_records_total", "counter", "Records that the connector has queued.", (i) => i.metrics.totalRecords],
  ["input_connector_bytes_total", "counter", "Bytes that the connector has queued.", (i) => i.metrics.totalBytes],
  ["input_connector_buffered_records", "gauge", "Records of the connector waiting for a step.", (i) => i.metrics.bufferedRecords],
  ["input_connector_buffered_bytes", "gauge", "Bytes of the connector waiting for a step.", (i) => i.metrics.bufferedBytes],
  ["input_connector_errors_parse_total", "counter", "Records that could not be parsed.", (i) => i.metrics.numParseErrors],
  ["input_connector_errors_transport_total", "counter", "Errors of the source.", (i) => i.metrics.numTransportErrors],
  ["input_connector_end_of_input", "gauge", "1 when the source has ended.", (i) => Number(i.metrics.endOfInput)],
  ["input_connector_paused", "gauge", "1 when the connector is paused by a user.", (i) => Number(i.paused)],
  [
    "input_connector_processing_latency_p99_seconds",
    "gauge",
    "99th percentile of the time from queueing a record to its delivery to every output.",
    (i) => (i.metrics.processingLatencyP99Micros === undefined ? undefined : i.metrics.processingLatencyP99Micros / 1e6),
  ],
];
const outputMetrics: readonly Source<OutputConnectorStats>[] = [
  ["output_connector_records_total", "counter", "Records that the sink has acknowledged.", (o) => o.metrics.transmittedRecords],
  ["output_connector_bytes_total", "counter", "Bytes that the sink has acknowledged.", (o) => o.metrics.transmittedBytes],
  ["output_connector_queued_records", "gauge", "Records waiting for the sink.", (o) => o.metrics.queuedRecords],
  ["output_connector_queued_batches", "gauge", "Batches waiting for the sink.", (o) => o.metrics.queuedBatches],
  ["output_connector_buffered_records", "gauge", "Records in the output buffer.", (o) => o.metrics.bufferedRecords],
  ["output_connector_buffered_batches", "gauge", "Batches in the output buffer.", (o) => o.metrics.bufferedBatches],
  ["output_connector_errors_encode_total", "counter", "Changes that could not be encoded.", (o) => o.metrics.numEncodeErrors],
  ["output_connector_errors_transport_total", "counter", "Errors of the sink.", (o) => o.metrics.numTransportErrors],
  ["output_connector_memory_bytes", "gauge", "Estimated bytes held for the sink.", (o) => o.metrics.memory],
  [
    "output_connector_reset_in_progress",
    "gauge",
    "1 while a reset or a first snapshot is being delivered.",
    (o) => Number(o.reset !== null),
  ],
];

/** Everything in the stats as metrics with labels, and the distribution of step times. */
export function pipelineMetrics(pipeline: Pipeline, stats: PipelineStats): Metric[] {
  const unlabelled = (): Readonly<Record<string, string>> => ({});
  const endpoint = ({ endpointName, stream }: { endpointName: string; stream: string }): Readonly<Record<string, string>> => ({
    endpoint: endpointName,
    stream,
  });
  const { durations } = pipeline.loop;
  return [
    ...globalMetrics.map((source) => toMetric(source, [stats.global], unlabelled)),
    {
      key: "step_latency_seconds",
      type: "histogram",
      description: "Time that the engine takes for a step.",
      values: [{ labels: {}, value: durations.value() }],
    },
    ...inputMetrics.map((source) => toMetric(source, stats.inputs, endpoint)),
    ...outputMetrics.map((source) => toMetric(source, stats.outputs, endpoint)),
  ];
}

function toMetric<T>(
  [key, type, description, read]: Source<T>,
  from: readonly T[],
  labels: (item: T) => Readonly<Record<string, string>>,
): Metric {
  const values: MetricValue[] = [];
  for (const item of from) {
    const value = read(item);
    if (value !== undefined) values.push({ labels: labels(item), value });
  }
  return { key, type, description, values };
}
