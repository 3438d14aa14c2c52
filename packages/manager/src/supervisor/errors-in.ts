import type { PipelineStats } from "@headgate/pipeline";

/** Errors of all connectors, as counted since the deployment. */
export function errorsIn(stats: PipelineStats): number {
  let count = 0;
  for (const { metrics } of stats.inputs) count += metrics.numParseErrors + metrics.numTransportErrors;
  for (const { metrics } of stats.outputs) count += metrics.numEncodeErrors + metrics.numTransportErrors;
  return count;
}
