import type { Client } from "@headgate/client";
import { isApiError } from "@headgate/client";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { flightsPaths, flightsPipelineName, flightsProgram, flightsRecords } from "./flights.ts";
import { nextSteps } from "./next-steps.ts";
import { stepTimesLine, type Bucket } from "./step-times.ts";
import { ProgressDisplay, progressLine, type ProgressStream } from "./progress.ts";

export interface DemoOptions {
  readonly client: Client;
  /** URL that the printed commands use. */
  readonly baseUrl: string;
  readonly dataDir: string;
  readonly out: ProgressStream;
  readonly signal: AbortSignal;
}

/** Creates the demo pipeline if it is not there, starts it, shows its progress to the end of its input, and prints what to try next. */
export async function runDemo({ client, baseUrl, dataDir, out, signal }: DemoOptions): Promise<void> {
  const paths = flightsPaths(join(dataDir, "demo"));
  await mkdir(join(dataDir, "demo"), { recursive: true });
  if (!(await exists(client, signal))) {
    await client.pipelines.create(
      {
        name: flightsPipelineName,
        description: "Three million US flights of 2001: delays, routes, days",
        program_code: flightsProgram(paths),
        // A load of many rows: fewer, larger steps take a third less of the processor.
        runtime_config: { min_batch_size_records: 50_000, max_buffering_delay_usecs: 50_000 },
      },
      { signal },
    );
  }
  const before = performance.now();
  await client.pipelines.startAndWait(flightsPipelineName, { signal, timeoutMs: 60_000 });
  await showProgress(client, out, before, signal);
  out.write(`The view delays_by_airport is written to ${paths.output}\n\n${nextSteps(baseUrl)}\n\nPress Ctrl-C to stop the server.\n`);
}

async function exists(client: Client, signal: AbortSignal): Promise<boolean> {
  try {
    await client.pipelines.get(flightsPipelineName, { signal });
    return true;
  } catch (error) {
    if (isApiError(error, "UnknownPipelineName")) return false;
    throw error;
  }
}

async function stepBuckets(client: Client, signal: AbortSignal): Promise<readonly Bucket[]> {
  const metrics = await client.pipelines.metrics(flightsPipelineName, { signal });
  const value = metrics.find(({ key }) => key === "step_latency_seconds")?.values[0]?.value;
  return typeof value === "object" ? value.buckets : [];
}

/** Follows the history input until its rows are in every view, as the completed counter says. */
async function showProgress(client: Client, out: ProgressStream, startedAt: number, signal: AbortSignal): Promise<void> {
  const display = new ProgressDisplay(out);
  for (;;) {
    const { inputs, global_metrics: totals } = await client.pipelines.stats(flightsPipelineName, { signal });
    const history = inputs.find((input) => input.endpoint_name === "flights.history");
    if (history === undefined) return;
    if (history.fatal_error) throw new Error(history.fatal_error);
    const elapsedMs = performance.now() - startedAt;
    const done = history.metrics.total_records - history.metrics.buffered_records;
    display.update(progressLine({ done, total: flightsRecords, elapsedMs }));
    if (history.metrics.end_of_input && totals.total_completed_records >= history.metrics.total_records) {
      const rate = Math.round((done * 1000) / elapsedMs).toLocaleString("en-US");
      display.done(`${done.toLocaleString("en-US")} flights through three views in ${(elapsedMs / 1000).toFixed(1)} s (${rate} rows/s)`);
      const times = stepTimesLine(await stepBuckets(client, signal));
      if (times !== undefined) out.write(`${times}\n`);
      return;
    }
    await sleep(250, undefined, { signal });
  }
}
