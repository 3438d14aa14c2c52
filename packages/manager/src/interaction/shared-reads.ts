/** From so many readers of one answer on, the next ones need not wait for a newer one. */
const crowd = 8;
/** How old the answer may be that they are given meanwhile, in ms. */
const staleMs = 20;
/** In a crowd, an answer of this age in ms or less is not asked for again; of one that took long to get, of a greater age. */
const fresh = { leastMs: 5, mostMs: 12 } as const;

interface Entry {
  value: unknown;
  /** When the answer came; -Infinity before the first. */
  at: number;
  /** How old it may become in a crowd before it is asked for again. */
  freshMs: number;
  /** Readers since the request behind `value` was sent, and in the round before. */
  readers: number;
  before: number;
  pending: Promise<unknown> | undefined;
}

/** Reads that many callers share. */
export interface SharedReads {
  /** What `fetch` gives for the path, or what it has given or is about to give to another caller. */
  read<T>(path: string, fetch: () => Promise<T>): Promise<T>;
  /** From now on no read is answered by what was asked before. */
  forget(): void;
}

/**
 * Shares one request among the reads of one path that overlap in time, and gives them the very same result.
 *
 * A lone reader, or one after another, always gets an answer that was under way or newer. In a crowd (8 readers of one answer)
 * nobody waits for the socket: the last answer, at most 20 ms old, serves until the next one comes. Otherwise all of them would
 * move in step with one round trip, and wait for the pipeline's process to be scheduled each time.
 */
export function createSharedReads(now: () => number = () => performance.now()): SharedReads {
  const entries = new Map<string, Entry>();

  const begin = <T>(path: string, entry: Entry, fetch: () => Promise<T>): Promise<T> => {
    entry.before = entry.readers;
    entry.readers = 1;
    const began = now();
    const pending = fetch();
    entry.pending = pending;
    const drop = (): void => {
      if (entries.get(path) === entry && entry.pending === undefined && now() - entry.at >= staleMs) entries.delete(path);
    };
    pending.then(
      (value) => {
        entry.value = value;
        entry.at = now();
        // Large answers cost both sides more than their readers do.
        entry.freshMs = Math.min(fresh.mostMs, Math.max(fresh.leastMs, 3 * (entry.at - began)));
        entry.pending = undefined;
        setTimeout(drop, staleMs + 1).unref();
      },
      () => {
        entry.pending = undefined;
        if (entries.get(path) === entry) entries.delete(path);
      },
    );
    return pending;
  };

  return {
    read: <T>(path: string, fetch: () => Promise<T>): Promise<T> => {
      let entry = entries.get(path);
      if (entry === undefined) {
        entry = { value: undefined, at: -Infinity, freshMs: fresh.leastMs, readers: 0, before: 0, pending: undefined };
        entries.set(path, entry);
        return begin(path, entry, fetch);
      }
      const age = now() - entry.at;
      const crowded = entry.readers >= crowd || entry.before >= crowd;
      if (entry.pending === undefined && !(crowded && age <= entry.freshMs)) {
        // In a crowd even the one who asks anew is served at once.
        const pending = begin(path, entry, fetch);
        if (!crowded || age > staleMs) return pending;
        pending.catch(() => undefined);
        return Promise.resolve(entry.value as T);
      }
      entry.readers += 1;
      if (entry.pending !== undefined && !(crowded && age <= staleMs)) return entry.pending as Promise<T>;
      return Promise.resolve(entry.value as T);
    },
    forget: () => {
      entries.clear();
    },
  };
}
