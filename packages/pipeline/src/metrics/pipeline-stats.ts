import type { InputConnector } from "../input-connector/input-connector.ts";
import type { Pipeline } from "../runtime/pipeline.ts";
import type { PipelineStats } from "../socket/protocol.ts";
import type { Resources } from "./resources.ts";

/** When this life of the pipeline began, in milliseconds since the epoch. */
export interface Lifetime {
  readonly startedAt: number;
}

/** Records and bytes of all inputs, ad-hoc INSERTs included. */
export function inputTotals(pipeline: Pipeline): { records: number; bytes: number; bufferedRecords: number; bufferedBytes: number } {
  const totals = { records: pipeline.loop.insertedRecords, bytes: 0, bufferedRecords: 0, bufferedBytes: 0 };
  for (const input of pipeline.inputs.values()) {
    totals.records += input.totalRecords;
    totals.bytes += input.totalBytes;
    totals.bufferedRecords += input.bufferedRecords;
    totals.bufferedBytes += input.bufferedBytes;
  }
  return totals;
}

/** §3.6: every declared input has ended, and everything ingested has reached every sink. */
export function isComplete(inputs: Iterable<InputConnector>, completedRecords: number, inputRecords: number): boolean {
  if (completedRecords !== inputRecords) return false;
  for (const input of inputs) if (!input.transient && !input.endOfInput) return false;
  return true;
}

/** The whole status of a pipeline, every number measured. */
export function pipelineStats(pipeline: Pipeline, resources: Resources, lifetime: Lifetime, withErrors: boolean): PipelineStats {
  const { loop, parts } = pipeline;
  const totals = inputTotals(pipeline);
  const completed = loop.completed;
  const rssBytes = resources.rssBytes();
  const memoryPressure = resources.pressure(rssBytes);
  const cpu = process.cpuUsage();
  const uptimeMsecs = Math.round(parts.clock.now() - lifetime.startedAt);
  const startTime = Math.floor(lifetime.startedAt / 1000);
  return {
    global: {
      state: pipeline.stopping.signal.aborted ? "Terminated" : pipeline.running ? "Running" : "Paused",
      incarnation: parts.incarnation,
      startTime,
      initialStartTime: pipeline.durable === undefined ? startTime : Math.floor(pipeline.durable.initialStart / 1000),
      uptimeMsecs,
      runtimeElapsedMsecs: Math.round(loop.busyMilliseconds),
      cpuMsecs: Math.round((cpu.user + cpu.system) / 1000),
      rssBytes,
      memoryPressure,
      memoryPressureEpoch: resources.pressureEpoch,
      storageBytes: resources.storageBytes,
      storageMbSecs: Math.round(resources.storageMbSecs),
      outputStallMsecs: Math.round(loop.stallMilliseconds),
      totalInputRecords: totals.records,
      totalInputBytes: totals.bytes,
      bufferedInputRecords: totals.bufferedRecords,
      bufferedInputBytes: totals.bufferedBytes,
      totalProcessedRecords: loop.processed.inputRecords,
      totalProcessedBytes: loop.processedBytes,
      totalCompletedRecords: completed.inputRecords,
      totalInitiatedSteps: loop.initiated.step,
      totalCompletedSteps: completed.step,
      pipelineComplete: isComplete(pipeline.inputs.values(), completed.inputRecords, totals.records),
    },
    suspendError: pipeline.durable === undefined ? { permanent: ["StorageRequired"] } : null,
    checkpointActivity: pipeline.durable?.checkpoints.activity ?? { status: "idle" },
    inputs: byName([...pipeline.inputs.values()].map((input) => input.stats(withErrors))),
    outputs: byName([...pipeline.outputs.values()].map((output) => output.stats(withErrors))),
  };
}

const byName = <T extends { readonly endpointName: string }>(list: T[]): T[] =>
  list.sort((a, b) => (a.endpointName < b.endpointName ? -1 : a.endpointName > b.endpointName ? 1 : 0));
