import type { RowCompiler } from "../expression/row-compiler.ts";
import type { PlanType } from "../plan/types.ts";
import type { Delta, DeltaEntry, Row } from "../types.ts";
import type { Key, Operator } from "./operator.ts";

/** Adds up equal rows at a view's boundary: every row once, no weight 0. */
export function createConsolidate(types: readonly PlanType[], rows: RowCompiler): Operator {
  const rowKey = rows.rowKey(types);
  return { step: ([delta]) => consolidate(delta!, rowKey), retained: 0 };
}

/** The delta with equal rows added up; the delta itself when no two rows are equal. */
export function consolidate(delta: Delta, rowKey: (row: Row) => Key): Delta {
  if (delta.length < 2) return delta;
  const positions = new Map<Key, number>();
  let sums: [Row, number][] | undefined;
  for (let i = 0; i < delta.length; i++) {
    const [row, weight] = delta[i]!;
    const key = rowKey(row);
    const at = positions.get(key);
    if (at !== undefined) {
      // The first rows up to here are all different: they stand where they stood.
      sums ??= delta.slice(0, i).map(([row, weight]) => [row, weight]);
      sums[at]![1] += weight;
    } else {
      positions.set(key, sums === undefined ? i : sums.length);
      sums?.push([row, weight]);
    }
  }
  return sums === undefined ? delta : (sums.filter(([, weight]): boolean => weight !== 0) satisfies DeltaEntry[]);
}
