import type { Key } from "../dataflow/operator.ts";
import type { Row } from "../types.ts";

/** A row of one side of a join and what it finds on the other side. */
export interface Matched {
  readonly row: Row;
  weight: number;
  /** Rows of the other side that it matches. */
  some: number;
  /** Rows of the other side for which the condition is NULL. */
  unknown: number;
}

/** One side of a join: each distinct row once, by join key. */
export interface MatchTable {
  /** Adds a row. `fresh`: it was not there, and its matches are still to be counted. */
  add(key: Key, row: Row, weight: number): { readonly matched: Matched; readonly fresh: boolean };
  find(key: Key, row: Row): Matched | undefined;
  rowsOf(key: Key): Iterable<Matched>;
  readonly retained: number;
}

const none: readonly Matched[] = [];

/** An empty side of a join. */
export function createMatchTable(rowKey: (row: Row) => Key): MatchTable {
  const keys = new Map<Key, Map<Key, Matched>>();
  let retained = 0;
  return {
    add(key, row, weight) {
      let held = keys.get(key);
      if (held === undefined) keys.set(key, (held = new Map()));
      const identity = rowKey(row);
      const matched = held.get(identity);
      if (matched === undefined) {
        const added: Matched = { row, weight, some: 0, unknown: 0 };
        held.set(identity, added);
        retained++;
        return { matched: added, fresh: true };
      }
      matched.weight += weight;
      if (matched.weight === 0) {
        held.delete(identity);
        retained--;
        if (held.size === 0) keys.delete(key);
      }
      return { matched, fresh: false };
    },
    find: (key, row) => keys.get(key)?.get(rowKey(row)),
    rowsOf: (key) => keys.get(key)?.values() ?? none,
    get retained() {
      return retained;
    },
  };
}
