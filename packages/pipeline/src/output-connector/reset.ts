/**
 * The reset of an output connector as a pure state machine. The first delivery of a snapshot-and-follow connector is generation 1
 * of the same machine; a follow-only connector stays at generation 0.
 *
 * ```
 * following ──requested──> draining ──drained──> resetting_sink ──sink_ready──> snapshotting ──delivered──> following
 *                             ^                        ^────────restarted──────────┘
 *                             └──requested── (any phase: the generation rises, older work is dropped)
 * ```
 */
export type ResetState =
  | { readonly phase: "following"; readonly generation: number; readonly delivery: Delivery | null }
  | (Underway & { readonly phase: "draining" | "resetting_sink" })
  | (Underway & { readonly phase: "snapshotting"; readonly cut: Cut | null });

/** A snapshot that the sink has acknowledged to its last record. */
export interface Delivery {
  readonly generation: number;
  readonly startedAt: number;
  readonly completedAt: number;
  readonly records: number;
}

/** The snapshot being sent: everything up to `step` is in it, later deltas follow it. */
export interface Cut {
  readonly step: number;
  readonly records: number;
  readonly sent: number;
  readonly at: number;
}

interface Underway {
  readonly generation: number;
  readonly startedAt: number;
  /** The last retryable error of the sink during this reset. */
  readonly error: string | null;
  /** The last snapshot that was delivered before. */
  readonly delivery: Delivery | null;
}

export type ResetEvent =
  | { readonly type: "requested"; readonly at: number }
  | { readonly type: "drained" }
  | { readonly type: "sink_ready" }
  | { readonly type: "cut"; readonly step: number; readonly records: number; readonly at: number }
  | { readonly type: "sent"; readonly records: number }
  | { readonly type: "failed"; readonly error: string }
  | { readonly type: "restarted" }
  | { readonly type: "delivered"; readonly at: number };

/** A connector that has delivered nothing yet. */
export const initialResetState: ResetState = { phase: "following", generation: 0, delivery: null };

/** How a connector of an earlier run goes on: following, with the generations it had. */
export const followingState = (generation: number, delivery: Delivery | null): ResetState => ({ phase: "following", generation, delivery });

/** The next state. @throws Error when the event cannot happen in this state: a bug of the caller. */
export function transition(state: ResetState, event: ResetEvent): ResetState {
  // A second reset supersedes one that runs: its older token completes with the newer generation.
  if (event.type === "requested") {
    const { delivery, generation } = state;
    return { phase: "draining", generation: generation + 1, startedAt: event.at, error: null, delivery };
  }
  if (state.phase === "following") throw illegal(state, event);
  const { generation, startedAt, error, delivery } = state;
  const underway: Underway = { generation, startedAt, error, delivery };
  switch (event.type) {
    case "failed":
      return { ...state, error: event.error };
    case "drained":
      if (state.phase !== "draining") throw illegal(state, event);
      return { ...underway, phase: "resetting_sink" };
    case "sink_ready":
      if (state.phase !== "resetting_sink") throw illegal(state, event);
      return { ...underway, phase: "snapshotting", cut: null };
    case "restarted":
      if (state.phase !== "snapshotting") throw illegal(state, event);
      return { ...underway, phase: "resetting_sink" };
    case "cut":
      if (state.phase !== "snapshotting" || state.cut !== null) throw illegal(state, event);
      return { ...state, cut: { step: event.step, records: event.records, sent: 0, at: event.at } };
    case "sent":
      if (state.phase !== "snapshotting" || state.cut === null) throw illegal(state, event);
      return { ...state, cut: { ...state.cut, sent: state.cut.sent + event.records } };
    case "delivered":
      if (state.phase !== "snapshotting" || state.cut === null) throw illegal(state, event);
      return {
        phase: "following",
        generation,
        delivery: { generation, startedAt, completedAt: event.at, records: state.cut.records },
      };
  }
}

const illegal = (state: ResetState, event: ResetEvent): Error =>
  new Error(`A reset in phase '${state.phase}' cannot take the event '${event.type}'.`);

/** Deltas that arrive now are in the snapshot that is still to be cut, so nobody needs to keep them. */
export const dropsDeltas = (state: ResetState): boolean => state.phase === "draining" || state.phase === "resetting_sink";
