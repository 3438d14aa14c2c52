import type { Row, Value } from "../types.ts";
import type { Bound, Ordered } from "./bound.ts";
import { createSweep } from "./sweep.ts";

/** A row is behind a limit when its value is less than the bound; NULL never is. */
export interface Limit {
  readonly value: (row: Row) => Value;
  readonly bound: Bound;
}

/** Tells which rows that are held no change to come can touch. */
export interface Expiry {
  /** A test as of the last step; undefined when it would find nothing that the last one did not. */
  next(): ((row: Row) => boolean) | undefined;
}

/** Rows that are behind some limit of each clause. Undefined when that can never be: a clause has no limits. */
export function createExpiry(...clauses: readonly (readonly Limit[])[]): Expiry | undefined {
  if (clauses.some((clause) => clause.length === 0)) return undefined;
  let last: readonly (Ordered | undefined)[] = [];
  return {
    next() {
      const bounds = clauses.map((clause) => clause.map(({ bound }) => bound.now()));
      const all = bounds.flat();
      if (bounds.some((clause) => clause.every((bound) => bound === undefined)) || all.every((bound, i) => bound === last[i]))
        return undefined;
      last = all;
      const tests = clauses.map((clause, i) => behindAny(clause, bounds[i]!));
      const [only, ...others] = tests;
      return others.length === 0 ? only : (row) => tests.every((test) => test(row));
    },
  };
}

function behindAny(limits: readonly Limit[], bounds: readonly (Ordered | undefined)[]): (row: Row) => boolean {
  const known = limits.flatMap(({ value }, i) => {
    const bound = bounds[i];
    return bound === undefined ? [] : [{ value, bound }];
  });
  return (row) => {
    for (const { value, bound } of known) {
      const found = value(row);
      if (found !== null && (found as Ordered) < bound) return true;
    }
    return false;
  };
}

/** State that can let go of rows. */
interface Releasing {
  /** Rows (or groups) held. */
  size(): number;
  drop(isOver: (row: Row) => boolean): void;
}

/** What lets go of state at the end of a step, when it pays to look for it. Undefined: nothing ever expires. */
export function createRelease(expiry: Expiry | undefined, state: Releasing): (() => void) | undefined {
  if (expiry === undefined) return undefined;
  const sweep = createSweep();
  return () => {
    if (!sweep.isDue(state.size())) return;
    const isOver = expiry.next();
    if (isOver === undefined) return;
    state.drop(isOver);
    sweep.done(state.size());
  };
}

/** Several releases as one. */
export function releaseAll(releases: readonly ((() => void) | undefined)[]): (() => void) | undefined {
  const present = releases.filter((release) => release !== undefined);
  return present.length === 0 ? undefined : () => present.forEach((release) => release());
}
