import type fc from "fast-check";

/** Random choices, all from one fast-check generator: a seed says everything. */
export interface Dice {
  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number;
  chance(probability: number): boolean;
  pick<T>(choices: readonly T[]): T;
  /** Each choice as often as its weight says. */
  weighted<T>(choices: readonly (readonly [weight: number, choice: T])[]): T;
  shuffle<T>(items: readonly T[]): T[];
  times<T>(count: number, make: (i: number) => T): T[];
}

/** @param random fast-check's own generator */
export function createDice(random: fc.Random): Dice {
  const between = (low: number, high: number): number => random.nextInt(low, high);
  const pick = <T>(choices: readonly T[]): T => {
    if (choices.length === 0) throw new RangeError("Nothing to pick from");
    return choices[between(0, choices.length - 1)]!;
  };
  return {
    between,
    pick,
    chance: (probability) => between(0, 9999) < probability * 10_000,
    weighted(choices) {
      let at = between(
        1,
        choices.reduce((sum, [weight]) => sum + weight, 0),
      );
      for (const [weight, choice] of choices) {
        at -= weight;
        if (at <= 0) return choice;
      }
      throw new RangeError("Nothing to pick from");
    },
    shuffle(items) {
      const left = [...items];
      return items.map(() => left.splice(between(0, left.length - 1), 1)[0]!);
    },
    times: (count, make) => Array.from({ length: count }, (_, i) => make(i)),
  };
}
