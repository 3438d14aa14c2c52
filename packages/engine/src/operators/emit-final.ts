import { SortedRows } from "../aggregates/sorted-rows.ts";
import type { Operator } from "../dataflow/operator.ts";
import type { RowCompiler } from "../expression/row-compiler.ts";
import type { PlanType } from "../plan/types.ts";
import type { Bound, Ordered } from "../streaming/bound.ts";
import type { DeltaEntry } from "../types.ts";

/**
 * Holds rows back until they are final: a column of theirs is behind its bound, so that no change to come can touch them. What it gives is
 * never taken back. A row with NULL in the column is never final.
 *
 * @param boundary What gives the rows, each once.
 */
export function createEmitFinal(column: number, bound: Bound, types: readonly PlanType[], rows: RowCompiler, boundary: Operator): Operator {
  const byValue = rows.compareValues(types[column]!);
  const byRow = rows.compareRows(types);
  const held = new SortedRows((a, b) => byValue(a[column]!, b[column]!) || byRow(a, b));
  return {
    everyStep: true,
    release: boundary.release,
    step(inputs) {
      for (const [row, weight] of boundary.step(inputs)) if (row[column] !== null) held.add(row, weight);
      const limit = bound.now();
      const output: DeltaEntry[] = [];
      if (limit === undefined) return output;
      for (let first = held.first(); first !== undefined && (first[column] as Ordered) < limit; first = held.first())
        output.push([first, held.removeFirst()]);
      return output;
    },
    get retained() {
      return held.size;
    },
  };
}
