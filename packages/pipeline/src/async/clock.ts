import { setTimeout as delay } from "node:timers/promises";

/** Time as this package sees it, so that tests can hold it. */
export interface Clock {
  /** Milliseconds since the epoch, with fractions. */
  now(): number;
  /** @throws the signal's reason when it aborts first. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
}

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => performance.timeOrigin + performance.now(),
  sleep: async (milliseconds, signal) => {
    try {
      await delay(Math.min(milliseconds, 2 ** 31 - 1), undefined, { signal });
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    }
  },
};

/** RFC 3339 with microseconds and Z. */
export function timestamp(milliseconds: number): string {
  const micros = Math.floor(milliseconds * 1000);
  const fraction = String(((micros % 1000) + 1000) % 1000).padStart(3, "0");
  return `${new Date(Math.floor(micros / 1000)).toISOString().slice(0, -1)}${fraction}Z`;
}
