import type { InputConnectorStats, OutputConnectorStats } from "@headgate/pipeline";
import type { ConnectOffset } from "../api.ts";

/**
 * Where an input connector's table has come to in its source: how many records steps have taken, and where its transport goes on behind
 * them, if it can.
 */
export function sourceOffset(stats: InputConnectorStats): ConnectOffset {
  const { metrics, stream, position } = stats;
  const place = position === undefined || position === null ? {} : { position: position.at, skip_records: position.skip };
  return { partition: { table: stream }, offset: { records: metrics.totalRecords - metrics.bufferedRecords, ...place } };
}

/** How far an output connector's sink follows its view. */
export function sinkOffset(stats: OutputConnectorStats): ConnectOffset {
  const { metrics, stream } = stats;
  return {
    partition: { view: stream },
    offset: {
      steps: metrics.totalProcessedSteps,
      input_records: metrics.totalProcessedInputRecords,
      transmitted_records: metrics.transmittedRecords,
    },
  };
}
