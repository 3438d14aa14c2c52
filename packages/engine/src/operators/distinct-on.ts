import { requireIdentity } from "../aggregates/argument.ts";
import { SortedRows } from "../aggregates/sorted-rows.ts";
import type { Key, Operator } from "../dataflow/operator.ts";
import type { RowCompiler } from "../expression/row-compiler.ts";
import type { DistinctNode } from "../plan/types.ts";
import { Unsupported } from "../plan/unsupported.ts";
import { noBounds, type Bounds } from "../streaming/bound.ts";
import { createExpiry, createRelease, type Expiry } from "../streaming/expiry.ts";
import { expressionLimit } from "../streaming/expression-bound.ts";
import type { Delta, DeltaEntry, Row } from "../types.ts";

/**
 * DISTINCT ON: of the rows with equal targets, the first one in the order. Rows that are equal in that order stand in a fixed order
 * by value; which of them DuckDB takes is arbitrary.
 *
 * @throws Unsupported without an order: DuckDB would take any row.
 */
export function createDistinctOn(node: DistinctNode, rows: RowCompiler, input: Bounds = noBounds): Operator {
  if (node.on === undefined) throw new Unsupported("DISTINCT without targets");
  const { targets, orderBy } = node.on;
  if (orderBy.length === 0) throw new Unsupported("DISTINCT ON without ORDER BY: which row it gives is arbitrary");
  for (const type of node.types) requireIdentity(type, "DISTINCT ON");
  const byOrder = rows.compare(orderBy);
  const byValue = rows.compareRows(node.types);
  const expiry = createExpiry(targets.flatMap((target) => expressionLimit(target, input, rows)));
  return new DistinctOn(rows.key(targets), (a, b) => byOrder(a, b) || byValue(a, b), expiry);
}

interface Group {
  readonly key: Key;
  readonly rows: SortedRows;
  shown: Row | undefined;
  touched: boolean;
}

class DistinctOn implements Operator {
  retained = 0;
  readonly release: (() => void) | undefined;
  private readonly keyOf: (row: Row) => Key;
  private readonly compare: (a: Row, b: Row) => number;
  private readonly groups = new Map<Key, Group>();
  private touched: Group[] = [];

  constructor(keyOf: (row: Row) => Key, compare: (a: Row, b: Row) => number, expiry: Expiry | undefined) {
    this.keyOf = keyOf;
    this.compare = compare;
    this.release = createRelease(expiry, { size: () => this.retained, drop: (isOver) => this.drop(isOver) });
  }

  step([input = []]: readonly Delta[]): Delta {
    for (const [row, weight] of input) this.add(row, weight);
    const output: DeltaEntry[] = [];
    for (const group of this.touched) this.show(group, output);
    this.touched = [];
    return output;
  }

  private drop(isOver: (row: Row) => boolean): void {
    for (const [key, { rows }] of this.groups) {
      if (!isOver(rows.first()!)) continue;
      this.groups.delete(key);
      this.retained -= rows.size;
    }
  }

  private add(row: Row, weight: number): void {
    const group = this.groupOf(this.keyOf(row));
    if (!group.touched) this.touched.push(group);
    group.touched = true;
    const held = group.rows.size;
    group.rows.add(row, weight);
    this.retained += group.rows.size - held;
  }

  private groupOf(key: Key): Group {
    let group = this.groups.get(key);
    if (group === undefined) {
      group = { key, rows: new SortedRows(this.compare), shown: undefined, touched: false };
      this.groups.set(key, group);
    }
    return group;
  }

  private show(group: Group, output: DeltaEntry[]): void {
    const { shown } = group;
    const row = group.rows.first();
    group.touched = false;
    group.shown = row;
    if (row === undefined) this.groups.delete(group.key);
    if (shown !== undefined && row !== undefined && this.compare(shown, row) === 0) return;
    if (shown !== undefined) output.push([shown, -1]);
    if (row !== undefined) output.push([row, 1]);
  }
}
