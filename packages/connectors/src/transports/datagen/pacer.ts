import type { Clock } from "@headgate/connector-kit";

/** A pacer that was not asked for longer than this has missed its rows for good: no flood after a pause. */
const maxCatchUpMs = 1000;

/**
 * Gives permission for rows at a rate, a portion at a time: at most one portion at once, the first at once. Portions are due
 * at fixed times, so late wake-ups do not add up.
 */
export class Pacer {
  readonly #clock: Clock;
  readonly #portion: number;
  readonly #intervalMs: number;
  #nextAt: number | undefined;
  #permitted = 0;

  constructor(clock: Clock, rate: number, portion: number) {
    this.#clock = clock;
    this.#portion = portion;
    this.#intervalMs = (portion * 1000) / rate;
  }

  /** Waits until at least one row may be made; tells how many. An aborted wait changes nothing. */
  async permitted(signal: AbortSignal): Promise<number> {
    if (this.#permitted > 0) return this.#permitted;
    for (;;) {
      const now = this.#clock.now();
      const due = Math.max(this.#nextAt ?? now, now - maxCatchUpMs);
      if (due <= now) {
        this.#nextAt = due + this.#intervalMs;
        this.#permitted = this.#portion;
        return this.#permitted;
      }
      await this.#clock.sleep(due - now, signal);
    }
  }

  spend(rows: number): void {
    this.#permitted -= rows;
  }
}
