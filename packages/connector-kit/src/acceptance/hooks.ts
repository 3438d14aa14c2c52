/** What the suites need of a test runner, so that they depend on none: jest's and node's own both fit. */
export interface TestHooks {
  test(name: string, run: () => Promise<void>): void;
}

/** A small seeded source of choices; a failing case is named by its seed. */
export interface Choices {
  /** A whole number from 0, below `bound`. */
  below(bound: number): number;
  /** True once in `n` times. */
  oneIn(n: number): boolean;
}

/** The same seed gives the same choices. */
export function choices(seed: number): Choices {
  let state = (seed * 0x9e37_79b9) >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b_79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  const below = (bound: number): number => next() % bound;
  return { below, oneIn: (n) => below(n) === 0 };
}

/** Runs a case for many seeds; the seed of a failing one stands in the error. */
export async function forSeeds(count: number, run: (choose: Choices, seed: number) => Promise<void>): Promise<void> {
  for (let seed = 1; seed <= count; seed += 1) {
    try {
      await run(choices(seed), seed);
    } catch (error) {
      throw new Error(`seed ${seed}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    }
  }
}

/** Fails when `work` does not settle within `ms`. */
export async function within<T>(ms: number, what: string, work: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} did not settle within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

export function check(holds: boolean, message: string): asserts holds {
  if (!holds) throw new Error(message);
}
