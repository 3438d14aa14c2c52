/** Values of the types that a bound can be of. */
export type Ordered = number | bigint;

/**
 * What is known of a column in all changes to come: each row that comes or goes has NULL in it or at least this value. A row that is
 * held and has less in it can never change again.
 */
export interface Bound {
  /** As of the end of the last step; it never falls. Undefined while nothing is known. */
  now(): Ordered | undefined;
}

/** The bounds of a relation's columns, by position. */
export type Bounds = ReadonlyMap<number, Bound>;

export const noBounds: Bounds = new Map();

/** What holds when any of several bounds may be the one that counts. */
export function lowest(bounds: readonly Bound[]): Bound {
  return choose(bounds, (found) => (found.length < bounds.length ? undefined : found.reduce((a, b) => (b < a ? b : a))));
}

/** What holds when all of several bounds do. */
export function greatest(bounds: readonly Bound[]): Bound {
  return choose(bounds, (found) => (found.length === 0 ? undefined : found.reduce((a, b) => (b > a ? b : a))));
}

function choose(bounds: readonly Bound[], pick: (found: readonly Ordered[]) => Ordered | undefined): Bound {
  const [only, ...others] = bounds;
  if (only !== undefined && others.length === 0) return only;
  return { now: () => pick(bounds.flatMap((bound) => bound.now() ?? [])) };
}

/** The bound of what a function makes of a column, when it gives more for more. What it cannot compute leaves the bound where it was. */
export function mapBound(bound: Bound, compute: (value: Ordered) => Ordered | undefined): Bound {
  let from: Ordered | undefined;
  let to: Ordered | undefined;
  return {
    now() {
      const value = bound.now();
      if (value === undefined || value === from) return to;
      from = value;
      to = compute(value) ?? to;
      return to;
    },
  };
}
