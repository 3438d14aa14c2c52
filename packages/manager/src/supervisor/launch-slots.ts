/**
 * Lets only so many processes begin at a time: a server that comes back with a hundred pipelines must not have them all
 * compete until each misses its deadline. A slow one holds its place for a while only, since it must not hold back others.
 */
export interface LaunchSlots {
  /** True when this one may begin now; else it is called for later. */
  take(id: string): boolean;
  /** It has begun, or ended. */
  free(id: string): void;
}

/** Creates slots of which `limit` are held at a time, each for at most `holdMs`; `call` is given the next in turn. */
export function createLaunchSlots(limit: number, holdMs: number, call: (id: string) => void): LaunchSlots {
  const held = new Map<string, NodeJS.Timeout>();
  const waiting = new Set<string>();
  const free = (id: string): void => {
    const timer = held.get(id);
    if (timer === undefined) return;
    clearTimeout(timer);
    held.delete(id);
    // Whoever does not want its place any more passes it on.
    for (const next of waiting) {
      if (held.size >= limit) return;
      waiting.delete(next);
      call(next);
    }
  };
  return {
    take: (id) => {
      waiting.delete(id);
      if (held.size >= limit) {
        waiting.add(id);
        return false;
      }
      const timer = setTimeout(() => {
        free(id);
      }, holdMs).unref();
      held.set(id, timer);
      return true;
    },
    free,
  };
}
