import type { Key } from "../dataflow/operator.ts";
import type { RowCompiler } from "../expression/row-compiler.ts";
import type { PlanType } from "../plan/types.ts";
import type { Row } from "../types.ts";
import { createRowEquality } from "./row-equality.ts";

/** Up to here a row is looked for one by one; beyond, by an index that the first removal builds. */
const scanLimit = 16;

/**
 * Several rows of one key. `weights` is undefined while every row counts once: then rows are only ever appended, also equal ones.
 * A weight may be negative within a step, when a removal came before its row.
 */
export class Bucket {
  readonly rows: Row[];
  weights: number[] | undefined;
  total: number;
  index: Map<Key, number> | undefined;

  constructor(row: Row, weight: number) {
    this.rows = [row];
    this.weights = weight === 1 ? undefined : [weight];
    this.total = weight;
    this.index = undefined;
  }
}

/** The rows of one key: most keys have one row that counts once, and that needs nothing around it. */
export type Slot = Row | Bucket;

/** Whether a slot holds a bucket; else it is the row itself. */
export function isBucket(slot: Slot): slot is Bucket {
  return slot instanceof Bucket;
}

/** A multiset of rows by key. */
export interface Arrangement {
  get(key: Key): Slot | undefined;
  add(key: Key, row: Row, weight: number): void;
  /** How many rows a key has. */
  total(key: Key): number;
  /** Calls `visit` for each row of a key; `visit` must not change the arrangement. The hottest loops read `get` instead. */
  each(key: Key, visit: (row: Row, weight: number) => void): void;
  /** Forgets rows. */
  drop(isOver: (row: Row) => boolean): void;
  /** Rows held; equal rows may be held once or several times. */
  readonly retained: number;
}

/** An empty multiset of rows of these types. */
export function createArrangement(types: readonly PlanType[], rows: RowCompiler): Arrangement {
  const same = createRowEquality(types, rows);
  const rowKey = rows.rowKey(types);
  const slots = new Map<Key, Slot>();
  let retained = 0;

  const find = (bucket: Bucket, row: Row): number => {
    const held = bucket.rows;
    if (bucket.index === undefined && held.length <= scanLimit) {
      for (let i = held.length - 1; i >= 0; i--) if (same(held[i]!, row)) return i;
      return -1;
    }
    return (bucket.index ??= mergeAndIndex(bucket)).get(rowKey(row)) ?? -1;
  };
  const mergeAndIndex = (bucket: Bucket): Map<Key, number> => {
    const index = new Map<Key, number>();
    const { rows: held } = bucket;
    const before = held.length;
    let end = 0;
    for (let i = 0; i < before; i++) {
      const key = rowKey(held[i]!);
      const at = index.get(key);
      if (at !== undefined) {
        bucket.weights ??= held.map(() => 1);
        bucket.weights[at]! += bucket.weights[i]!;
        continue;
      }
      index.set(key, end);
      held[end] = held[i]!;
      if (bucket.weights !== undefined) bucket.weights[end] = bucket.weights[i]!;
      end++;
    }
    held.length = end;
    if (bucket.weights !== undefined) bucket.weights.length = end;
    retained -= before - end;
    return index;
  };
  const append = (bucket: Bucket, row: Row, weight: number): void => {
    bucket.index?.set(rowKey(row), bucket.rows.length);
    if (weight !== 1) bucket.weights ??= bucket.rows.map(() => 1);
    bucket.rows.push(row);
    bucket.weights?.push(weight);
    retained++;
  };
  const removeAt = (bucket: Bucket, i: number): void => {
    const last = bucket.rows.length - 1;
    bucket.index?.delete(rowKey(bucket.rows[i]!));
    if (i !== last) {
      bucket.rows[i] = bucket.rows[last]!;
      if (bucket.weights !== undefined) bucket.weights[i] = bucket.weights[last]!;
      bucket.index?.set(rowKey(bucket.rows[i]!), i);
    }
    bucket.rows.pop();
    bucket.weights?.pop();
    retained--;
  };
  const addToBucket = (key: Key, bucket: Bucket, row: Row, weight: number): void => {
    bucket.total += weight;
    // With nothing to cancel, rows are appended unseen: the fast path of inputs that only grow.
    const appendOnly = weight > 0 && bucket.weights === undefined && bucket.index === undefined;
    const i = appendOnly ? -1 : find(bucket, row);
    if (i < 0) {
      append(bucket, row, weight);
      return;
    }
    const sum = (bucket.weights === undefined ? 1 : bucket.weights[i]!) + weight;
    if (sum === 0) {
      removeAt(bucket, i);
      if (bucket.rows.length === 0) slots.delete(key);
      else if (bucket.rows.length === 1 && bucket.total === 1) slots.set(key, bucket.rows[0]!);
    } else if (sum !== 1 || bucket.weights !== undefined) {
      bucket.weights ??= bucket.rows.map(() => 1);
      bucket.weights[i] = sum;
    }
  };

  const dropFrom = (key: Key, bucket: Bucket, isOver: (row: Row) => boolean): void => {
    for (let i = bucket.rows.length - 1; i >= 0; i--) {
      if (!isOver(bucket.rows[i]!)) continue;
      bucket.total -= bucket.weights === undefined ? 1 : bucket.weights[i]!;
      removeAt(bucket, i);
    }
    if (bucket.rows.length === 0) slots.delete(key);
    else if (bucket.rows.length === 1 && bucket.total === 1) slots.set(key, bucket.rows[0]!);
  };

  return {
    get: (key) => slots.get(key),
    drop(isOver) {
      for (const [key, slot] of slots) {
        if (slot instanceof Bucket) dropFrom(key, slot, isOver);
        else if (isOver(slot)) {
          slots.delete(key);
          retained--;
        }
      }
    },
    add(key, row, weight) {
      const slot = slots.get(key);
      if (slot === undefined) {
        slots.set(key, weight === 1 ? row : new Bucket(row, weight));
        retained++;
      } else if (slot instanceof Bucket) {
        addToBucket(key, slot, row, weight);
      } else if (weight === -1 && same(slot, row)) {
        slots.delete(key);
        retained--;
      } else {
        const bucket = new Bucket(slot, 1);
        slots.set(key, bucket);
        addToBucket(key, bucket, row, weight);
      }
    },
    total(key) {
      const slot = slots.get(key);
      if (slot === undefined) return 0;
      return slot instanceof Bucket ? slot.total : 1;
    },
    each(key, visit) {
      const slot = slots.get(key);
      if (slot === undefined) return;
      if (!(slot instanceof Bucket)) {
        visit(slot, 1);
        return;
      }
      const { rows: held, weights } = slot;
      for (let i = 0; i < held.length; i++) visit(held[i]!, weights === undefined ? 1 : weights[i]!);
    },
    get retained() {
      return retained;
    },
  };
}
