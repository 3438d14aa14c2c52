import { timestamp } from "../async/clock.ts";
import type { OutputConnectorStats, ResetStatus } from "../socket/protocol.ts";
import type { ResetState } from "./reset.ts";

/**
 * What a reset token of `generation` means now. Law 5: complete only when the sink has acknowledged the last record of the snapshot
 * of that generation or of a later one.
 */
export function resetStatus(state: ResetState, generation: number, now: number): ResetStatus {
  const { delivery } = state;
  if (delivery !== null && delivery.generation >= generation) {
    return {
      status: "complete",
      phase: "following",
      snapshotRecords: delivery.records,
      snapshotRecordsSent: delivery.records,
      startedAt: timestamp(delivery.startedAt),
      completedAt: timestamp(delivery.completedAt),
      estimatedCompletionAt: null,
      error: null,
    };
  }
  if (state.phase === "following") throw new Error(`Generation ${String(generation)} was never begun.`);
  const cut = state.phase === "snapshotting" ? state.cut : null;
  return {
    status: "inprogress",
    phase: state.phase,
    snapshotRecords: cut?.records ?? null,
    snapshotRecordsSent: cut?.sent ?? 0,
    startedAt: timestamp(state.startedAt),
    completedAt: null,
    estimatedCompletionAt: estimate(cut, now),
    error: state.error,
  };
}

/** From the rate so far; null until there is one. */
function estimate(cut: { readonly records: number; readonly sent: number; readonly at: number } | null, now: number): string | null {
  if (cut === null || cut.sent === 0 || now <= cut.at) return null;
  const perRecord = (now - cut.at) / cut.sent;
  return timestamp(now + perRecord * Math.max(0, cut.records - cut.sent));
}

/** The reset under way as the connector's stats show it. */
export function resetProgress(state: ResetState): OutputConnectorStats["reset"] {
  if (state.phase === "following") return null;
  const cut = state.phase === "snapshotting" ? state.cut : null;
  return { phase: state.phase, snapshotRecords: cut?.records ?? null, snapshotRecordsSent: cut?.sent ?? 0, error: state.error };
}
