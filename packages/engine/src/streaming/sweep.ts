/** Tells when it pays to look through all that is held for what can go: when it has doubled since the last time. */
export interface Sweep {
  isDue(held: number): boolean;
  /** Says how much is left. */
  done(held: number): void;
}

const smallest = 64;

export function createSweep(): Sweep {
  let dueAt = smallest;
  return {
    isDue: (held) => held >= dueAt,
    done(held) {
      dueAt = Math.max(smallest, held * 2);
    },
  };
}
