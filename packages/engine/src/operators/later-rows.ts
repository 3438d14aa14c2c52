import { SortedRows } from "../aggregates/sorted-rows.ts";
import type { Row } from "../types.ts";

/** Rows that are not put in order as they come. A bound, so that the step that wants them in order does not stand still. */
const mostUnsorted = 1024;

/** A multiset of rows of which the first one is seldom wanted: most inserts only append, and rows are put in order when they must be. */
export class LaterRows {
  private unsorted: Row[] = [];
  private readonly sorted: SortedRows;

  constructor(compare: (a: Row, b: Row) => number) {
    this.sorted = new SortedRows(compare);
  }

  /** Rows held; equal ones may be held once or several times. */
  get size(): number {
    return this.unsorted.length + this.sorted.size;
  }

  add(row: Row, weight: number): void {
    if (weight === 1 && this.unsorted.length < mostUnsorted) {
      this.unsorted.push(row);
      return;
    }
    this.sort();
    this.sorted.add(row, weight);
  }

  first(): Row | undefined {
    this.sort();
    return this.sorted.first();
  }

  /** Takes the first row away; gives its weight. */
  removeFirst(): number {
    this.sort();
    return this.sorted.removeFirst();
  }

  private sort(): void {
    if (this.unsorted.length === 0) return;
    for (const row of this.unsorted) this.sorted.add(row, 1);
    this.unsorted = [];
  }
}
