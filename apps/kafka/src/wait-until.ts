import { setTimeout as sleep } from "node:timers/promises";

export interface WaitOptions {
  /** Milliseconds until it is given up. */
  readonly within: number;
  /** Said in the error when it is given up or has become pointless. */
  readonly explain?: () => string;
  /** True when what is waited for cannot come any more. */
  readonly hopeless?: () => boolean;
  readonly signal?: AbortSignal | undefined;
}

/** Asks again and again until the answer is not undefined; a question that fails counts as not yet. */
export async function waitUntil<T>(what: string, ask: () => Promise<T | undefined>, options: WaitOptions): Promise<T> {
  const deadline = performance.now() + options.within;
  let last: unknown;
  for (let pause = 25; ; pause = Math.min(pause * 1.5, 250)) {
    options.signal?.throwIfAborted();
    try {
      const answer = await ask();
      if (answer !== undefined) return answer;
    } catch (error) {
      last = error;
    }
    const late = performance.now() > deadline;
    if (late || options.hopeless?.() === true) {
      const reason = late ? `not within ${String(options.within / 1000)} s` : "not possible any more";
      throw new Error(`${what}: ${reason}. ${options.explain?.() ?? ""}`, { cause: last });
    }
    await sleep(pause, undefined, options.signal === undefined ? {} : { signal: options.signal });
  }
}
