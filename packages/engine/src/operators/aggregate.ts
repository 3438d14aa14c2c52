import type { Accumulator } from "../aggregates/accumulator.ts";
import { requireIdentity } from "../aggregates/argument.ts";
import { bindAggregate } from "../aggregates/bind-aggregate.ts";
import { createFeed, type Feed } from "../aggregates/feed.ts";
import type { Key, Operator } from "../dataflow/operator.ts";
import type { RowCompiler } from "../expression/row-compiler.ts";
import type { AggregateNode, PlanType } from "../plan/types.ts";
import { noBounds, type Bounds } from "../streaming/bound.ts";
import { createExpiry, createRelease, releaseAll, type Expiry } from "../streaming/expiry.ts";
import { columnLimits } from "../streaming/expression-bound.ts";
import type { Delta, DeltaEntry, Row, Value } from "../types.ts";

/**
 * GROUP BY with aggregates, also over grouping sets: touches only the groups that a delta touches, and gives a group's old and new
 * row when they differ.
 *
 * @param bounds What is known of the output's groups.
 */
export function createAggregate(node: AggregateNode, rows: RowCompiler, bounds: Bounds = noBounds): Operator {
  for (const { type } of node.groups) requireIdentity(type, "GROUP BY");
  const bound = node.aggregates.map((call) => bindAggregate(call, rows));
  const shape: Shape = {
    feed: createFeed(bound.map(({ input }) => input)),
    create: bound.map(({ create }) => create),
    sameRow: sameRow(node.types, rows, node.groups.length),
  };
  return new Aggregate(
    node.sets.map((set) => {
      const ofSet = new Map([...bounds].filter(([position]) => set.includes(position)));
      return createGroupingSet(node, set, shape, rows, createExpiry(columnLimits(ofSet)));
    }),
  );
}

/** What the grouping sets of a node have in common. */
interface Shape {
  readonly feed: Feed;
  readonly create: readonly (() => Accumulator)[];
  /** Whether two rows of one group are the same. */
  readonly sameRow: (a: Row, b: Row) => boolean;
}

function createGroupingSet(
  node: AggregateNode,
  set: readonly number[],
  shape: Shape,
  rows: RowCompiler,
  expiry: Expiry | undefined,
): GroupingSet {
  const expressions = set.map((position) => node.groups[position] as AggregateNode["groups"][number]);
  const values = expressions.map((expression) => rows.value(expression));
  const groupValues = (row: Row): Value[] => {
    const result = new Array<Value>(node.groups.length).fill(null);
    set.forEach((position, i) => {
      const value = (values[i] as (row: Row) => Value)(row);
      // -0 and 0 are one group; which of them is shown must not depend on the order of rows.
      result[position] = value === 0 ? 0 : value;
    });
    return result;
  };
  const flags = node.groupingFunctions.map((positions) => grouping(positions, set));
  const keyOf = set.length === 0 ? undefined : rows.key(expressions);
  return new GroupingSet(shape, keyOf, groupValues, flags, expiry);
}

/** GROUPING(a, b, …): a bit per argument, the last one lowest, that is 1 when the set leaves the group out. */
function grouping(positions: readonly number[], set: readonly number[]): bigint {
  return positions.reduce((flags, position) => (flags << 1n) | (set.includes(position) ? 0n : 1n), 0n);
}

function sameRow(types: readonly PlanType[], rows: RowCompiler, from: number): (a: Row, b: Row) => boolean {
  const same = types.map((type) => rows.sameValue(type));
  return (a, b) => {
    for (let i = from; i < same.length; i++) {
      const x = a[i] as Value;
      const y = b[i] as Value;
      if (x !== y && !(same[i] as (a: Value, b: Value) => boolean)(x, y)) return false;
    }
    return true;
  };
}

class Aggregate implements Operator {
  readonly release: (() => void) | undefined;
  private readonly sets: readonly GroupingSet[];

  constructor(sets: readonly GroupingSet[]) {
    this.sets = sets;
    this.release = releaseAll(sets.map((set) => set.release));
  }

  get retained(): number {
    return this.sets.reduce((sum, set) => sum + set.size, 0);
  }

  accept(part: Delta): void {
    for (const set of this.sets) set.add(part);
  }

  step([input = []]: readonly Delta[]): Delta {
    const output: DeltaEntry[] = [];
    for (const set of this.sets) {
      set.add(input);
      set.show(output);
    }
    return output;
  }
}

class Group {
  /** Rows in it. */
  weight = 0;
  /** The row that was given last. */
  shown: Row | undefined = undefined;
  touched = false;
  readonly key: Key;
  readonly values: Value[];
  readonly accumulators: Accumulator[];

  constructor(key: Key, values: Value[], accumulators: Accumulator[]) {
    this.key = key;
    this.values = values;
    this.accumulators = accumulators;
  }
}

class GroupingSet {
  readonly release: (() => void) | undefined;
  private readonly groups = new Map<Key, Group>();
  private readonly shape: Shape;
  /** Undefined when the set is empty: all rows are one group, which also stands when there are none. */
  private readonly keyOf: ((row: Row) => Key) | undefined;
  private readonly groupValues: (row: Row) => Value[];
  private readonly flags: readonly bigint[];
  private touched: Group[] = [];

  constructor(
    shape: Shape,
    keyOf: ((row: Row) => Key) | undefined,
    groupValues: (row: Row) => Value[],
    flags: readonly bigint[],
    expiry: Expiry | undefined,
  ) {
    this.shape = shape;
    this.keyOf = keyOf;
    this.groupValues = groupValues;
    this.flags = flags;
    this.release = createRelease(expiry, { size: () => this.groups.size, drop: (isOver) => this.drop(isOver) });
    if (keyOf === undefined) this.touch(this.createGroup(null, []));
  }

  get size(): number {
    return this.groups.size;
  }

  add(input: Delta): void {
    const { feed } = this.shape;
    for (const [row, weight] of input) {
      const group = this.groupOf(row);
      group.weight += weight;
      feed(group.accumulators, row, weight);
    }
  }

  /** Gives what has changed since the last time. */
  show(output: DeltaEntry[]): void {
    for (const group of this.touched) this.showGroup(group, output);
    this.touched = [];
  }

  private drop(isOver: (row: Row) => boolean): void {
    for (const [key, { values }] of this.groups) if (isOver(values)) this.groups.delete(key);
  }

  private groupOf(row: Row): Group {
    const key = this.keyOf === undefined ? null : this.keyOf(row);
    const group = this.groups.get(key) ?? this.createGroup(key, row);
    if (!group.touched) this.touch(group);
    return group;
  }

  private touch(group: Group): void {
    group.touched = true;
    this.touched.push(group);
  }

  private createGroup(key: Key, row: Row): Group {
    const accumulators = this.shape.create.map((create) => create());
    const group = new Group(key, this.groupValues(row), accumulators);
    this.groups.set(key, group);
    return group;
  }

  /** Gives the change of a group's row. */
  private showGroup(group: Group, output: DeltaEntry[]): void {
    group.touched = false;
    const { shown } = group;
    const present = group.weight > 0 || this.keyOf === undefined;
    const row = present ? this.rowOf(group) : undefined;
    if (!present) this.groups.delete(group.key);
    if (shown !== undefined && row !== undefined && this.shape.sameRow(shown, row)) return;
    if (shown !== undefined) output.push([shown, -1]);
    if (row !== undefined) output.push([row, 1]);
    group.shown = row;
  }

  /** Filled in at its full length: a row that is pushed to keeps room for more, and there is one per group. */
  private rowOf({ values, accumulators }: Group): Row {
    const { flags } = this;
    const row = new Array<Value>(values.length + accumulators.length + flags.length);
    let at = 0;
    for (const value of values) row[at++] = value;
    for (const accumulator of accumulators) row[at++] = accumulator.result();
    for (const flag of flags) row[at++] = flag;
    return row;
  }
}
