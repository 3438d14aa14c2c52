import type { DeltaEntry, Row } from "../types.ts";

/** `count` copies of a row at a place; `rank` is what a window function says of each. */
export interface RankedRow {
  readonly row: Row;
  readonly count: number;
  readonly rank: number;
}

/**
 * The change from one list in a total order to another. A row in both with the same rank gives only the difference of its counts.
 * Within a list, rows ascend by `compare` and equal rows by rank.
 */
export function giveChange(
  before: readonly RankedRow[],
  after: readonly RankedRow[],
  compare: (a: Row, b: Row) => number,
  outputOf: (row: Row, rank: number) => Row,
  output: DeltaEntry[],
): void {
  let i = 0;
  let j = 0;
  while (i < before.length || j < after.length) {
    const old = before[i];
    const now = after[j];
    const order = old === undefined ? 1 : now === undefined ? -1 : compareRanked(old, now, compare);
    const change = (order >= 0 ? (now as RankedRow).count : 0) - (order <= 0 ? (old as RankedRow).count : 0);
    const { row, rank } = (order <= 0 ? old : now) as RankedRow;
    if (change !== 0) output.push([outputOf(row, rank), change]);
    if (order <= 0) i++;
    if (order >= 0) j++;
  }
}

function compareRanked(a: RankedRow, b: RankedRow, compare: (a: Row, b: Row) => number): number {
  return (a.row === b.row ? 0 : compare(a.row, b.row)) || a.rank - b.rank;
}
