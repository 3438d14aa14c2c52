/** Who computes a workload. */
export const contestants = ["engine", "hand-wired", "hand-wired again", "recompute", "durable", "raw append"] as const;
export type Contestant = (typeof contestants)[number];

/** What the parent asks of a process that runs one workload. */
export type Request =
  /** Feed so many events without measuring them. */
  | { readonly type: "load"; readonly events: number }
  /** Feed steps of `batch` events for so long. */
  | { readonly type: "run"; readonly batch: number; readonly milliseconds: number }
  | { readonly type: "heap" }
  /** Stop the engine, start it again from its store and tell how long that took. */
  | { readonly type: "restart" }
  | { readonly type: "stop" };

export type Reply =
  | { readonly type: "ready"; readonly startMs: number; readonly maintenance: string }
  | { readonly type: "loaded"; readonly events: number }
  | { readonly type: "ran"; readonly events: number; readonly milliseconds: number; readonly steps: readonly number[] }
  | { readonly type: "heap"; readonly bytes: number }
  | { readonly type: "restarted"; readonly milliseconds: number }
  | { readonly type: "failed"; readonly message: string };
