import { setTimeout as sleep } from "node:timers/promises";

/** An error that waiting does not mend. */
export class Hopeless extends Error {}

/**
 * Asks again until `ready` gives something else than undefined; an error of it counts as not yet, unless it is {@link Hopeless}.
 *
 * @throws Error when that takes longer than `timeoutMs`.
 */
export async function until<T>(what: string, ready: () => Promise<T | undefined>, timeoutMs = 60_000): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  let last: unknown;
  for (;;) {
    try {
      const value = await ready();
      if (value !== undefined) return value;
      last = undefined;
    } catch (error) {
      if (error instanceof Hopeless) throw error;
      last = error;
    }
    if (performance.now() > deadline) throw new Error(`${what}: not within ${String(timeoutMs / 1000)} seconds`, { cause: last });
    await sleep(10);
  }
}
