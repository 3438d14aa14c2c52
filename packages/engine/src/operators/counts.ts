import type { Key } from "../dataflow/operator.ts";
import type { Row } from "../types.ts";
import type { Arrangement } from "./arrangement.ts";

type Counts = Pick<Arrangement, "add" | "total" | "each" | "drop" | "retained">;

/** An arrangement of which only the number of rows of each key is asked: no rows are kept. */
export function createCounts(): Counts {
  const counts = new Map<Key, number>();
  return {
    add(key, _row, weight) {
      const count = (counts.get(key) ?? 0) + weight;
      if (count === 0) counts.delete(key);
      else counts.set(key, count);
    },
    total: (key) => counts.get(key) ?? 0,
    each: noRows,
    drop: noRows,
    get retained() {
      return counts.size;
    },
  };
}

/** The same with one row of each key, by which `drop` can tell that the key is over. */
export function createDroppableCounts(): Counts {
  const counts = new Map<Key, { readonly row: Row; count: number }>();
  return {
    add(key, row, weight) {
      const counted = counts.get(key);
      if (counted === undefined) counts.set(key, { row, count: weight });
      else if (counted.count + weight === 0) counts.delete(key);
      else counted.count += weight;
    },
    total: (key) => counts.get(key)?.count ?? 0,
    each: noRows,
    drop(isOver) {
      for (const [key, { row }] of counts) if (isOver(row)) counts.delete(key);
    },
    get retained() {
      return counts.size;
    },
  };
}

function noRows(): never {
  throw new TypeError("Counts hold no rows");
}
