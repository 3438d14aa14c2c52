import type { Key } from "../dataflow/operator.ts";
import type { Arrangement } from "./arrangement.ts";

/** An arrangement of which only the number of rows of each key is asked: no rows are kept. */
export function createCounts(): Pick<Arrangement, "add" | "total" | "each" | "retained"> {
  const counts = new Map<Key, number>();
  return {
    add(key, _row, weight) {
      const count = (counts.get(key) ?? 0) + weight;
      if (count === 0) counts.delete(key);
      else counts.set(key, count);
    },
    total: (key) => counts.get(key) ?? 0,
    each() {
      throw new TypeError("Counts hold no rows");
    },
    get retained() {
      return counts.size;
    },
  };
}
