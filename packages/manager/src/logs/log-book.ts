import { createLogRing, type LogRing } from "./log-ring.ts";

/** The logs of all pipelines, by id. */
export interface LogBook {
  of(id: string): LogRing;
  /** Ends the log of a deleted pipeline, and every reader of it. */
  close(id: string): void;
  closeAll(): void;
}

/** Creates an empty book; a log begins when it is first asked for. */
export function createLogBook(): LogBook {
  const rings = new Map<string, LogRing>();
  return {
    of: (id) => {
      let ring = rings.get(id);
      if (ring === undefined) rings.set(id, (ring = createLogRing()));
      return ring;
    },
    close: (id) => {
      rings.get(id)?.close();
      rings.delete(id);
    },
    closeAll: () => {
      for (const ring of rings.values()) ring.close();
    },
  };
}
