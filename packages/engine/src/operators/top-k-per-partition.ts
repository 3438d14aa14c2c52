import { requireIdentity } from "../aggregates/argument.ts";
import { SortedRows } from "../aggregates/sorted-rows.ts";
import type { Key, Operator } from "../dataflow/operator.ts";
import type { RowCompiler } from "../expression/row-compiler.ts";
import type { Expression, FilterNode, WindowCall, WindowNode } from "../plan/types.ts";
import type { Delta, DeltaEntry, Row } from "../types.ts";
import { type RankedRow, giveChange } from "./top-k-change.ts";

type RankFunction = "row_number" | "rank" | "dense_rank";

/**
 * The rows of each partition whose row_number, rank or dense_rank is small: a filter right above a window with such a call. Only the
 * first rows of a partition are looked at, so that a step's cost does not grow with the partition. Undefined when the pattern is
 * another one.
 *
 * Rows that are equal in the window's order stand in a fixed order by value; DuckDB numbers them arbitrarily.
 */
export function createPartitionTopK(filter: FilterNode, window: WindowNode, rows: RowCompiler): Operator | undefined {
  const [call, ...others] = window.calls;
  if (call === undefined || others.length > 0 || !isRank(call) || call.orders.length === 0) return undefined;
  const width = window.input.types.length;
  const bounds = filter.predicates.flatMap((predicate) => upperBound(predicate, width) ?? []);
  if (bounds.length === 0) return undefined;
  for (const type of window.input.types) requireIdentity(type, "window");
  const byOrder = rows.compare(call.orders);
  const byValue = rows.compareRows(window.input.types);
  return new PartitionTopK({
    ranking: call.name as RankFunction,
    last: Math.min(...bounds),
    keyOf: call.partitions.length === 0 ? () => null : rows.key(call.partitions),
    samePlace: (a, b) => byOrder(a, b) === 0,
    compare: (a, b) => byOrder(a, b) || byValue(a, b),
    keeps: rows.predicate(filter.predicates),
  });
}

function isRank(call: WindowCall): boolean {
  const plain = call.argumentOrder.length === 0 && call.filter === undefined && call.frame.exclude === "none";
  return plain && (call.name === "row_number" || call.name === "rank" || call.name === "dense_rank");
}

/** The greatest value of column `index` for which a comparison with a constant holds; undefined for another predicate. */
function upperBound(predicate: Expression, index: number): number | undefined {
  if (predicate.kind === "between" && isColumn(predicate.input, index)) return constantBound("<=", predicate.upper);
  if (predicate.kind !== "compare") return undefined;
  if (isColumn(predicate.left, index)) return constantBound(predicate.op, predicate.right);
  if (isColumn(predicate.right, index)) return constantBound(mirrored[predicate.op] ?? predicate.op, predicate.left);
  return undefined;
}

const mirrored: Readonly<Record<string, string>> = { ">": "<", ">=": "<=", "<": ">", "<=": ">=" };

function isColumn(expression: Expression, index: number): boolean {
  return expression.kind === "column" && expression.index === index;
}

function constantBound(op: string, expression: Expression): number | undefined {
  if (expression.kind !== "constant" || typeof expression.value !== "bigint") return undefined;
  const bound = Number(expression.value);
  if (op === "=" || op === "<=") return bound;
  return op === "<" ? bound - 1 : undefined;
}

interface Ranking {
  readonly ranking: RankFunction;
  /** The greatest rank of interest. */
  readonly last: number;
  readonly keyOf: (row: Row) => Key;
  readonly samePlace: (a: Row, b: Row) => boolean;
  readonly compare: (a: Row, b: Row) => number;
  /** The filter, over output rows. */
  readonly keeps: (row: Row) => boolean;
}

class Partition {
  /** What was given last. */
  shown: readonly RankedRow[] = [];
  /** A row after which none matters; undefined while any may. */
  boundary: Row | undefined = undefined;
  touched = false;
  readonly key: Key;
  readonly rows: SortedRows;

  constructor(key: Key, rows: SortedRows) {
    this.key = key;
    this.rows = rows;
  }
}

class PartitionTopK implements Operator {
  retained = 0;
  private readonly ranking: Ranking;
  private readonly partitions = new Map<Key, Partition>();
  private touched: Partition[] = [];

  constructor(ranking: Ranking) {
    this.ranking = ranking;
  }

  step([input = []]: readonly Delta[]): Delta {
    for (const [row, weight] of input) this.add(row, weight);
    const all: DeltaEntry[] = [];
    for (const partition of this.touched) this.show(partition, all);
    this.touched = [];
    return all.filter(([row]) => this.ranking.keeps(row));
  }

  private add(row: Row, weight: number): void {
    const key = this.ranking.keyOf(row);
    const partition = this.partitions.get(key) ?? this.createPartition(key);
    const { rows, boundary } = partition;
    const held = rows.size;
    rows.add(row, weight);
    this.retained += rows.size - held;
    if (partition.touched || (boundary !== undefined && this.ranking.compare(row, boundary) > 0)) return;
    partition.touched = true;
    this.touched.push(partition);
  }

  private createPartition(key: Key): Partition {
    const partition = new Partition(key, new SortedRows(this.ranking.compare));
    this.partitions.set(key, partition);
    return partition;
  }

  private show(partition: Partition, output: DeltaEntry[]): void {
    const { shown, rows } = partition;
    const { ranking, compare } = this.ranking;
    partition.touched = false;
    partition.boundary = undefined;
    const now = ranking === "row_number" ? this.numbered(partition) : this.ranked(partition);
    partition.shown = now;
    giveChange(shown, now, compare, withRank, output);
    if (rows.size === 0) this.partitions.delete(partition.key);
  }

  private numbered(partition: Partition): RankedRow[] {
    const { last } = this.ranking;
    const first: RankedRow[] = [];
    partition.rows.forEach((row, weight) => {
      for (let i = 0; i < weight && first.length < last; i++) first.push({ row, count: 1, rank: first.length + 1 });
      if (first.length < last) return true;
      partition.boundary = row;
      return false;
    });
    return first;
  }

  private ranked(partition: Partition): RankedRow[] {
    const { last, ranking, samePlace } = this.ranking;
    const first: RankedRow[] = [];
    let seen = 0;
    let rank = 0;
    let previous: Row | undefined;
    partition.rows.forEach((row, weight) => {
      if (previous === undefined || !samePlace(previous, row)) rank = ranking === "rank" ? seen + 1 : rank + 1;
      if (rank > last) {
        partition.boundary = row;
        return false;
      }
      first.push({ row, count: weight, rank });
      previous = row;
      seen += weight;
      return true;
    });
    return first;
  }
}

function withRank(row: Row, rank: number): Row {
  return row.concat(BigInt(rank));
}
