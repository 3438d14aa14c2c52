/** Time as connectors see it, so that tests can own it. */
export interface Clock {
  /** Milliseconds that only go forward; their zero means nothing. */
  now(): number;
  /** Resolves after `ms` milliseconds; rejects with the signal's reason, at once, when it aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** The machine's time. Its sleepers do not keep a process alive. */
export const systemClock: Clock = {
  now: () => performance.now(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason as Error);
      const onAbort = (): void => {
        clearTimeout(timer);
        reject(signal?.reason as Error);
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener("abort", onAbort);
        resolve();
      }, ms);
      timer.unref();
      signal?.addEventListener("abort", onAbort, { once: true });
    }),
};
