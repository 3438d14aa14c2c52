import type { Key } from "../dataflow/operator.ts";
import type { Delta, DeltaEntry, Row } from "../types.ts";

/** The same change with every row once and no weight 0. */
export function consolidate(delta: Delta, keyOf: (row: Row) => Key): Delta {
  if (delta.length < 2) return delta;
  const sums = new Map<Key, { readonly row: Row; weight: number }>();
  for (const [row, weight] of delta) {
    const key = keyOf(row);
    const sum = sums.get(key);
    if (sum === undefined) sums.set(key, { row, weight });
    else sum.weight += weight;
  }
  if (sums.size === delta.length) return delta;
  const entries: DeltaEntry[] = [];
  for (const { row, weight } of sums.values()) if (weight !== 0) entries.push([row, weight]);
  return entries;
}
