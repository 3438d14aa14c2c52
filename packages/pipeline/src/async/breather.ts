import { setImmediate as immediate } from "node:timers/promises";

const maxBusyMilliseconds = 8;

/**
 * Lets the event loop breathe inside loops that may never really wait: a source or sink whose promises settle at once would
 * otherwise starve the status socket.
 */
export class Breather {
  #since = performance.now();

  /** Undefined while it is too early; so a hot loop awaits only when it must. */
  pause(): Promise<void> | undefined {
    return performance.now() - this.#since < maxBusyMilliseconds ? undefined : this.#breathe();
  }

  async #breathe(): Promise<void> {
    await immediate();
    this.#since = performance.now();
  }
}
