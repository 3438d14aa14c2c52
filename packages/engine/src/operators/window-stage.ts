import { SortedRows } from "../aggregates/sorted-rows.ts";
import type { Key, Operator } from "../dataflow/operator.ts";
import { createRelease, releaseAll } from "../streaming/expiry.ts";
import type { FrameExpiry, WindowExpiry } from "../streaming/window-bounds.ts";
import type { Delta, DeltaEntry, Row, Value } from "../types.ts";
import type { WindowFunction } from "./window-call.ts";
import { toPartition } from "./window-partition.ts";

/** Window calls over the same partitions. */
export interface StagePlan {
  readonly keyOf: (row: Row) => Key;
  /** A total order by value, that of the first call: it settles ties in the others' orders. */
  readonly compare: (a: Row, b: Row) => number;
  readonly calls: readonly StageCall[];
}

export interface StageCall {
  readonly values: WindowFunction;
  /** The call's order. */
  readonly compare: (a: Row, b: Row) => number;
  /** Whether the stage's order is a refinement of the call's. */
  readonly inStageOrder: boolean;
  readonly sameValue: (a: Value, b: Value) => boolean;
}

interface Shown {
  readonly row: Row;
  readonly values: readonly Value[];
}

interface Partition {
  readonly key: Key;
  readonly rows: SortedRows;
  /** Without the rows that are settled: they stay as they were given. */
  shown: readonly Shown[];
  touched: boolean;
  isSettled: ((row: Row) => boolean) | undefined;
}

/** Appends the values of its calls to each row. A partition that a delta touches is computed as a whole. */
export class WindowStage implements Operator {
  retained = 0;
  readonly release: (() => void) | undefined;
  private readonly plan: StagePlan;
  private readonly partitions = new Map<Key, Partition>();
  private touched: Partition[] = [];

  constructor(plan: StagePlan, { partitions, rows }: WindowExpiry) {
    this.plan = plan;
    const ofFrames = { drop: (isOver: (row: Row) => boolean) => this.dropRows(isOver, rows!), size: () => this.retained };
    this.release = releaseAll([
      createRelease(partitions, { drop: (isOver) => this.dropPartitions(isOver), size: () => this.retained }),
      createRelease(rows?.unreachable, ofFrames),
    ]);
  }

  step([input = []]: readonly Delta[]): Delta {
    for (const [row, weight] of input) this.add(row, weight);
    const output: DeltaEntry[] = [];
    for (const partition of this.touched) this.show(partition, output);
    this.touched = [];
    return output;
  }

  private add(row: Row, weight: number): void {
    const partition = this.partitionOf(this.plan.keyOf(row));
    if (!partition.touched) this.touched.push(partition);
    partition.touched = true;
    const held = partition.rows.size;
    partition.rows.add(row, weight);
    this.retained += partition.rows.size - held;
  }

  private partitionOf(key: Key): Partition {
    let partition = this.partitions.get(key);
    if (partition === undefined) {
      partition = { key, rows: new SortedRows(this.plan.compare), shown: [], touched: false, isSettled: undefined };
      this.partitions.set(key, partition);
    }
    return partition;
  }

  private show(partition: Partition, output: DeltaEntry[]): void {
    const before = partition.shown;
    const { isSettled } = partition;
    partition.touched = false;
    const computed = this.compute(partition.rows);
    partition.shown = isSettled === undefined ? computed : computed.filter(({ row }) => !isSettled(row));
    if (partition.rows.size === 0) this.partitions.delete(partition.key);
    this.giveChange(before, partition.shown, output);
  }

  private dropPartitions(isOver: (row: Row) => boolean): void {
    for (const [key, { rows }] of this.partitions) {
      if (!isOver(rows.first()!)) continue;
      this.partitions.delete(key);
      this.retained -= rows.size;
    }
  }

  private dropRows(isOver: (row: Row) => boolean, expiry: FrameExpiry): void {
    const isSettled = expiry.settled();
    for (const [key, partition] of this.partitions) {
      const { rows } = partition;
      const held = rows.size;
      for (let first = rows.first(); first !== undefined && isOver(first); first = rows.first()) rows.removeFirst();
      if (rows.size === held) continue;
      this.retained -= held - rows.size;
      // The frames of rows that are settled may lack rows from now on.
      partition.isSettled = isSettled;
      partition.shown = partition.shown.filter(({ row }) => !isSettled(row));
      if (rows.size === 0) this.partitions.delete(key);
    }
  }

  private compute(sorted: SortedRows): Shown[] {
    const rows: Row[] = [];
    sorted.forEach((row, weight) => {
      for (let i = 0; i < weight; i++) rows.push(row);
      return true;
    });
    const columns = this.plan.calls.map((call) => valuesInStageOrder(rows, call));
    return rows.map((row, i) => ({ row, values: columns.map((column) => column[i] as Value) }));
  }

  private giveChange(before: readonly Shown[], after: readonly Shown[], output: DeltaEntry[]): void {
    let i = 0;
    let j = 0;
    while (i < before.length || j < after.length) {
      const old = before[i];
      const now = after[j];
      const order = old === undefined ? 1 : now === undefined ? -1 : this.compareRows(old.row, now.row);
      const same = order === 0 && this.sameValues(old as Shown, now as Shown);
      if (order <= 0 && !same) output.push([withValues(old as Shown), -1]);
      if (order >= 0 && !same) output.push([withValues(now as Shown), 1]);
      if (order <= 0) i++;
      if (order >= 0) j++;
    }
  }

  private compareRows(a: Row, b: Row): number {
    return a === b ? 0 : this.plan.compare(a, b);
  }

  private sameValues(a: Shown, b: Shown): boolean {
    return this.plan.calls.every(({ sameValue }, i) => sameValue(a.values[i] as Value, b.values[i] as Value));
  }
}

function withValues({ row, values }: Shown): Row {
  return row.concat(values);
}

/** A call's values for rows in the stage's order. */
function valuesInStageOrder(rows: readonly Row[], call: StageCall): readonly Value[] {
  const arePeers = (a: Row, b: Row): boolean => a === b || call.compare(a, b) === 0;
  if (call.inStageOrder) return call.values(toPartition(rows, arePeers));
  const places = rows.map((_, i) => i).sort((a, b) => call.compare(rows[a] as Row, rows[b] as Row) || a - b);
  const values = call.values(
    toPartition(
      places.map((place) => rows[place] as Row),
      arePeers,
    ),
  );
  const result = new Array<Value>(rows.length);
  places.forEach((place, i) => (result[place] = values[i] as Value));
  return result;
}
