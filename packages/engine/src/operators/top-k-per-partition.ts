import { requireIdentity } from "../aggregates/argument.ts";
import type { Key, Operator } from "../dataflow/operator.ts";
import type { RowCompiler } from "../expression/row-compiler.ts";
import type { Expression, FilterNode, Order, PlanType, WindowCall, WindowNode } from "../plan/types.ts";
import { columnsOf } from "../plan/columns-of.ts";
import { noBounds, type Bounds } from "../streaming/bound.ts";
import { createExpiry, createRelease, type Expiry } from "../streaming/expiry.ts";
import { expressionLimit } from "../streaming/expression-bound.ts";
import type { Delta, DeltaEntry, Row, Value } from "../types.ts";
import { FirstRows, type Ranking, type RankFunction } from "./first-rows.ts";
import { type RankedRow, giveChange } from "./top-k-change.ts";

/** Gives the rows of the window's input, with the rank as one more column if `givesRank`. */
export interface PartitionTopKOperator extends Operator {
  readonly givesRank: boolean;
}

/**
 * The rows of each partition whose row_number, rank or dense_rank is small: a filter right above a window with such a call. Only the
 * first rows of a partition are looked at, so that a step's cost does not grow with the partition. Undefined when the pattern is
 * another one.
 *
 * Rows that are equal in the window's order stand in a fixed order by value; DuckDB numbers them arbitrarily.
 *
 * @param readsRank Whether anything above reads the rank. If not, it is left out where the filter allows: a row that comes in between
 * then changes itself alone.
 */
export function createPartitionTopK(
  filter: FilterNode,
  window: WindowNode,
  rows: RowCompiler,
  readsRank = true,
  input: Bounds = noBounds,
): PartitionTopKOperator | undefined {
  const [call, ...others] = window.calls;
  if (call === undefined || others.length > 0 || !isRank(call) || call.orders.length === 0) return undefined;
  const { types } = window.input;
  const width = types.length;
  const bounds = filter.predicates.flatMap((predicate) => upperBound(predicate, width) ?? []);
  if (bounds.length === 0) return undefined;
  for (const type of types) requireIdentity(type, "window");
  const last = Math.min(...bounds);
  const open = filter.predicates.filter((predicate) => !isImplied(predicate, width, last));
  const givesRank = readsRank || columnsOf(open).has(width);
  if (last < 1) return { step: () => [], retained: 0, givesRank };
  const compare = rows.compare([...call.orders, ...otherColumns(types, call)]);
  const ranking: Ranking = {
    ...{ ranking: call.name as RankFunction, last, compare, givesRank },
    comparePlaces: call.name === "row_number" ? compare : rows.compare(call.orders),
  };
  const keyOf = call.partitions.length === 0 ? (): Key => null : rows.key(call.partitions);
  return new PartitionTopK(
    ranking,
    keyOf,
    open.length === 0 ? undefined : rows.predicate(open),
    givesRank ? withRank(width) : (row) => row,
    createExpiry(call.partitions.flatMap((partition) => expressionLimit(partition, input, rows))),
  );
}

/** The columns that may differ between rows of a partition that are equal in the call's order, to put these in a fixed order by value. */
function otherColumns(types: readonly PlanType[], { orders, partitions }: WindowCall): Order[] {
  const known = [...partitions, ...orders.map(({ expression }) => expression)];
  const equal = new Set(known.map((expression) => (expression.kind === "column" ? expression.index : -1)));
  return types.flatMap((type, index) =>
    equal.has(index) ? [] : { expression: { kind: "column" as const, index, type }, descending: false, nullsFirst: false },
  );
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

/** Whether a predicate holds for every row whose rank, column `index`, is at most `last`. */
function isImplied(predicate: Expression, index: number, last: number): boolean {
  const bound = upperBound(predicate, index);
  if (predicate.kind !== "compare" || bound === undefined) return false;
  return predicate.op !== "=" || (bound === 1 && last === 1);
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

class Partition {
  /** What was given last, from the first change in a step on. */
  before: readonly RankedRow[] | undefined = undefined;
  readonly key: Key;
  readonly rows: FirstRows;

  constructor(key: Key, rows: FirstRows) {
    this.key = key;
    this.rows = rows;
  }
}

class PartitionTopK implements PartitionTopKOperator {
  retained = 0;
  readonly givesRank: boolean;
  readonly release: (() => void) | undefined;
  private readonly ranking: Ranking;
  private readonly keyOf: (row: Row) => Key;
  /** What of the filter the ranks do not say already, over output rows. */
  private readonly keeps: ((row: Row) => boolean) | undefined;
  private readonly outputOf: (row: Row, rank: number) => Row;
  private readonly partitions = new Map<Key, Partition>();
  private touched: Partition[] = [];

  constructor(
    ranking: Ranking,
    keyOf: (row: Row) => Key,
    keeps: ((row: Row) => boolean) | undefined,
    outputOf: (row: Row, rank: number) => Row,
    expiry: Expiry | undefined,
  ) {
    this.ranking = ranking;
    this.givesRank = ranking.givesRank;
    this.keyOf = keyOf;
    this.keeps = keeps;
    this.outputOf = outputOf;
    this.release = createRelease(expiry, { size: () => this.retained, drop: (isOver) => this.drop(isOver) });
  }

  step([input = []]: readonly Delta[]): Delta {
    for (const [row, weight] of input) this.add(row, weight);
    const all: DeltaEntry[] = [];
    for (const partition of this.touched) this.show(partition, all);
    this.touched = [];
    const { keeps } = this;
    return keeps === undefined ? all : all.filter(([row]) => keeps(row));
  }

  private add(row: Row, weight: number): void {
    const partition = this.partitionOf(this.keyOf(row));
    const { rows } = partition;
    const held = rows.size;
    if (rows.isLater(row)) rows.addLater(row, weight);
    else {
      if (partition.before === undefined) this.touch(partition);
      rows.addFirst(row, weight);
    }
    this.retained += rows.size - held;
  }

  private drop(isOver: (row: Row) => boolean): void {
    for (const [key, { rows }] of this.partitions) {
      const top = rows.top();
      if (top === undefined || !isOver(top)) continue;
      this.partitions.delete(key);
      this.retained -= rows.size;
    }
  }

  private partitionOf(key: Key): Partition {
    let partition = this.partitions.get(key);
    if (partition === undefined) {
      partition = new Partition(key, new FirstRows(this.ranking));
      this.partitions.set(key, partition);
    }
    return partition;
  }

  private touch(partition: Partition): void {
    partition.before = partition.rows.list();
    this.touched.push(partition);
  }

  private show(partition: Partition, output: DeltaEntry[]): void {
    const { before = [], rows } = partition;
    const held = rows.size;
    rows.settle();
    this.retained += rows.size - held;
    partition.before = undefined;
    giveChange(before, rows.list(), this.ranking.compare, this.outputOf, output);
    if (rows.size === 0) this.partitions.delete(partition.key);
  }
}

function withRank(width: number): (row: Row, rank: number) => Row {
  return (row, rank) => {
    const output = new Array<Value>(width + 1);
    for (let i = 0; i < width; i++) output[i] = row[i] as Value;
    output[width] = BigInt(rank);
    return output;
  };
}
