import type { Events } from "./event-source.ts";

/** A workload being computed by somebody. */
export interface Runner {
  /** Takes the events in the form that the contestant wants them in, which is not measured; what it gives is. */
  prepare(events: Events): () => Promise<void> | void;
  /** Between measurements: writes what waits. */
  settle(): Promise<void>;
  /** Starts again from what is stored, for those that can. */
  restart?(): Promise<void>;
  /** "incremental", "recompute: …", or what there is to say. */
  readonly maintenance: string;
  close(): Promise<void>;
}
