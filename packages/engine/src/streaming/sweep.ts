/**
 * Tells when it pays to look through all that is held for what can go: when it has doubled since the last time. So each row is looked
 * at a bounded number of times, and at most twice of what has to be held is.
 */
export interface Sweep {
  isDue(held: number): boolean;
  /** Says how much is left. */
  done(held: number): void;
}

export function createSweep(): Sweep {
  let dueAt = 1;
  return {
    isDue: (held) => held >= dueAt,
    done(held) {
      dueAt = Math.max(1, held * 2);
    },
  };
}
