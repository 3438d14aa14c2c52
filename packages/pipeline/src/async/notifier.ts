/**
 * Wakes whoever waits for "something changed". Waiters look at the state themselves, so a notification carries nothing, and one
 * that comes between two waits is never missed: `wait` settles at once when `notify` was called since `seen`.
 */
export class Notifier {
  #version = 0;
  #wake: (() => void)[] = [];

  /** Take it before looking at the state, and hand it to `wait`. */
  get version(): number {
    return this.#version;
  }

  notify(): void {
    this.#version += 1;
    if (this.#wake.length === 0) return;
    const waiting = this.#wake;
    this.#wake = [];
    for (const wake of waiting) wake();
  }

  /** Resolves at the first notification after version `seen`, at abort, or after `milliseconds`. Never rejects. */
  wait(seen: number, options: { readonly signal?: AbortSignal; readonly milliseconds?: number } = {}): Promise<void> {
    const { signal, milliseconds } = options;
    if (this.#version !== seen || signal?.aborted === true) return Promise.resolve();
    return new Promise((resolve) => {
      let timer: NodeJS.Timeout | undefined;
      const done = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", done);
        const index = this.#wake.indexOf(done);
        if (index >= 0) this.#wake.splice(index, 1);
        resolve();
      };
      this.#wake.push(done);
      signal?.addEventListener("abort", done, { once: true });
      if (milliseconds !== undefined && milliseconds < 2 ** 31) timer = setTimeout(done, Math.max(0, milliseconds));
    });
  }
}
