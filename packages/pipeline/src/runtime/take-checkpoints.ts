import type { Pipeline } from "./pipeline.ts";

/** Asks for a checkpoint every `seconds`, until the pipeline stops. */
export async function takeCheckpoints({ durable, parts, stopping }: Pipeline, seconds: number | null): Promise<void> {
  if (durable === undefined || seconds === null || seconds <= 0) return;
  const { signal } = stopping;
  try {
    for (;;) {
      await parts.clock.sleep(seconds * 1000, signal);
      durable.checkpoints.request();
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
