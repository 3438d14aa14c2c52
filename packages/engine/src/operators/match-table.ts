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
  /** Forgets rows; those of the other side still count them. */
  drop(isOver: (row: Row) => boolean): void;
  readonly retained: number;
}

const none: readonly Matched[] = [];

/** An empty side of a join. Most keys have one row: it stands by itself, without a map around it. */
export function createMatchTable(rowKey: (row: Row) => Key): MatchTable {
  const keys = new Map<Key, Matched | Map<Key, Matched>>();
  let retained = 0;
  const find = (key: Key, identity: Key): Matched | undefined => {
    const held = keys.get(key);
    if (held instanceof Map) return held.get(identity);
    return held !== undefined && isSameKey(rowKey(held.row), identity) ? held : undefined;
  };
  const insert = (key: Key, identity: Key, added: Matched): void => {
    const held = keys.get(key);
    if (held === undefined) keys.set(key, added);
    else if (held instanceof Map) held.set(identity, added);
    else keys.set(key, new Map([[rowKey(held.row), held], [identity, added]])); // prettier-ignore
    retained++;
  };
  const remove = (key: Key, identity: Key | undefined): void => {
    const held = keys.get(key);
    if (held instanceof Map && held.size > 1) held.delete(identity!);
    else keys.delete(key);
    retained--;
  };
  return {
    add(key, row, weight) {
      const identity = rowKey(row);
      const matched = find(key, identity);
      if (matched === undefined) {
        const added: Matched = { row, weight, some: 0, unknown: 0 };
        insert(key, identity, added);
        return { matched: added, fresh: true };
      }
      matched.weight += weight;
      if (matched.weight === 0) remove(key, identity);
      return { matched, fresh: false };
    },
    find: (key, row) => find(key, rowKey(row)),
    rowsOf(key) {
      const held = keys.get(key);
      if (held instanceof Map) return held.values();
      return held === undefined ? none : [held];
    },
    drop(isOver) {
      for (const [key, held] of keys)
        for (const [identity, { row }] of held instanceof Map ? held : [[undefined, held] as const]) if (isOver(row)) remove(key, identity);
    },
    get retained() {
      return retained;
    },
  };
}

/** As a Map compares: NaN is NaN. */
function isSameKey(a: Key, b: Key): boolean {
  return a === b || Object.is(a, b);
}
