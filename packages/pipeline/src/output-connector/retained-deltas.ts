import type { Delta } from "@headgate/engine";
import type { Progress } from "./output-queue.ts";

/** A step's change that the sink may have to be given again. */
export interface RetainedDelta {
  readonly progress: Progress;
  readonly delta: Delta;
}

/** Deltas between the steps that a sink has for good and the newest, in order: what would be lost if the store went ahead of them. */
export class RetainedDeltas {
  #entries: RetainedDelta[] = [];
  /** How many of them, from the oldest on, are on disk already. */
  #stored = 0;

  add(progress: Progress, delta: Delta, stored: boolean): void {
    this.#entries.push({ progress, delta });
    if (stored) this.#stored = this.#entries.length;
  }

  dropThrough(step: number): void {
    const entries = this.#entries;
    if (entries.length === 0) return;
    const count = entries.findIndex(({ progress }) => progress.step > step);
    const dropped = count < 0 ? entries.length : count;
    this.#entries = entries.slice(dropped);
    this.#stored = Math.max(0, this.#stored - dropped);
  }

  /** Those that are not on disk. The caller stores them now. */
  takeUnstored(): readonly RetainedDelta[] {
    const fresh = this.#entries.slice(this.#stored);
    this.#stored = this.#entries.length;
    return fresh;
  }
}
