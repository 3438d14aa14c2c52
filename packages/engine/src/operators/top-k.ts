import { requireIdentity } from "../aggregates/argument.ts";
import { SortedRows } from "../aggregates/sorted-rows.ts";
import type { Operator } from "../dataflow/operator.ts";
import type { RowCompiler } from "../expression/row-compiler.ts";
import type { LimitNode } from "../plan/types.ts";
import { Unsupported } from "../plan/unsupported.ts";
import type { Delta, DeltaEntry, Row } from "../types.ts";
import { type RankedRow, giveChange } from "./top-k-change.ts";

/**
 * ORDER BY … LIMIT … OFFSET: all rows in order, of which a delta changes a few. The input is that of the `order` node below, whose
 * order it takes on. Rows that are equal in that order stand in a fixed order by value, so that the same rows are always cut off;
 * which ones DuckDB cuts off is arbitrary.
 *
 * @throws Unsupported for a LIMIT of rows in no order: DuckDB would give any rows.
 */
export function createTopK(node: LimitNode, rows: RowCompiler): Operator {
  if (node.limit === 0) return nothing;
  if (node.input.kind !== "order") throw new Unsupported("LIMIT without ORDER BY: which rows it gives is arbitrary");
  for (const type of node.types) requireIdentity(type, "LIMIT");
  const byOrder = rows.compare(node.input.orders);
  const byValue = rows.compareRows(node.types);
  const compare = (a: Row, b: Row): number => byOrder(a, b) || byValue(a, b);
  return new TopK(compare, node.offset, node.offset + (node.limit ?? Infinity));
}

const nothing: Operator = { retained: 0, step: () => [] };

class TopK implements Operator {
  private readonly compare: (a: Row, b: Row) => number;
  private readonly from: number;
  private readonly to: number;
  private readonly rows: SortedRows;
  /** What was given last, in order. */
  private shown: RankedRow[] = [];
  /** The last row that was among the first `to`; undefined when there were fewer. */
  private boundary: Row | undefined;

  constructor(compare: (a: Row, b: Row) => number, from: number, to: number) {
    this.compare = compare;
    this.from = from;
    this.to = to;
    this.rows = new SortedRows(compare);
  }

  get retained(): number {
    return this.rows.size;
  }

  step([input = []]: readonly Delta[]): Delta {
    let touched = false;
    for (const [row, weight] of input) {
      this.rows.add(row, weight);
      touched ||= this.boundary === undefined || this.compare(row, this.boundary) <= 0;
    }
    const output: DeltaEntry[] = [];
    if (!touched) return output;
    const now = this.cut();
    giveChange(this.shown, now, this.compare, (row) => row, output);
    this.shown = now;
    return output;
  }

  private cut(): RankedRow[] {
    const cut: RankedRow[] = [];
    let seen = 0;
    this.boundary = undefined;
    this.rows.forEach((row, weight) => {
      const count = Math.min(seen + weight, this.to) - Math.max(seen, this.from);
      seen += weight;
      if (count > 0) cut.push({ row, count, rank: 0 });
      if (seen < this.to) return true;
      this.boundary = row;
      return false;
    });
    return cut;
  }
}
