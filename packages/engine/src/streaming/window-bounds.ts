import type { RowCompiler } from "../expression/row-compiler.ts";
import { planKey } from "../dataflow/plan-key.ts";
import { callsByPartition } from "../operators/calls-by-partition.ts";
import type { Expression, WindowCall, WindowNode } from "../plan/types.ts";
import { lowest, type Bound, type Bounds } from "./bound.ts";
import { createExpiry, type Expiry } from "./expiry.ts";
import { expressionBound, expressionLimit } from "./expression-bound.ts";

/** What a window over one way to partition can forget. */
export interface WindowExpiry {
  /** Rows of partitions that no change to come touches. */
  readonly partitions: Expiry | undefined;
  readonly rows: FrameExpiry | undefined;
}

/** For frames that reach back over a distance of a column that has a bound. */
export interface FrameExpiry {
  /** Rows that are in no frame of a row that may still change. */
  readonly unreachable: Expiry;
  /** Rows whose frame no change to come reaches: what was given of them stays. */
  readonly settled: () => (row: readonly unknown[]) => boolean;
}

/** What is known of a window's output. Its calls are computed one way to partition after the other. */
export function windowBounds({ calls }: WindowNode, input: Bounds, rows: RowCompiler): Bounds {
  return callsByPartition(calls).reduce(
    (bounds, positions) =>
      stageBounds(
        positions.map((position) => calls[position]!),
        bounds,
        rows,
      ),
    input,
  );
}

/** The same for calls over the same partitions: a change of one row may change all rows of its partition that it is in a frame of. */
export function stageBounds(calls: readonly WindowCall[], input: Bounds, rows: RowCompiler): Bounds {
  const order = lookBack(calls, input, rows)?.order;
  const staying = [...calls[0]!.partitions, ...(order === undefined ? [] : [order])];
  return new Map<number, Bound>([...input].filter(([column]) => staying.some((each) => isColumn(each, column))));
}

/** What of these calls, which are over the same partitions, can be forgotten. */
export function stageExpiry(calls: readonly WindowCall[], input: Bounds, rows: RowCompiler): WindowExpiry {
  return {
    partitions: createExpiry(calls[0]!.partitions.flatMap((partition) => expressionLimit(partition, input, rows))),
    rows: frameExpiry(calls, input, rows),
  };
}

function frameExpiry(calls: readonly WindowCall[], input: Bounds, rows: RowCompiler): FrameExpiry | undefined {
  const frames = lookBack(calls, input, rows);
  if (frames?.starts === undefined) return undefined;
  const { order, starts } = frames;
  const value = rows.value(order);
  const unreachable = createExpiry([{ value, bound: lowest([frames.bound, ...starts]) }])!;
  return {
    unreachable,
    settled() {
      const bound = frames.bound.now();
      return (row) => {
        const found = value(row as never);
        return bound !== undefined && found !== null && (found as number) < (bound as number);
      };
    },
  };
}

interface LookBack {
  readonly order: Expression;
  /** Of the order's values. */
  readonly bound: Bound;
  /** Of the values at which frames begin; undefined when some begin anywhere. */
  readonly starts: readonly Bound[] | undefined;
}

/** Calls that, in one ascending order with a bound, see no row behind their own. */
function lookBack(calls: readonly WindowCall[], input: Bounds, rows: RowCompiler): LookBack | undefined {
  const [order, ...others] = calls[0]!.orders;
  if (order === undefined || others.length > 0 || order.descending || order.nullsFirst) return undefined;
  const bound = expressionBound(order.expression, input, rows);
  const inOrder = calls.every((call) => planKey(call.orders) === planKey([order]) && !seesAll(call) && endsHere(call));
  if (bound === undefined || !inOrder) return undefined;
  const starts = calls.map(({ frame: { start } }) => {
    if (start.kind === "current row") return bound;
    return start.kind === "preceding" ? expressionBound(start.offset, input, rows) : undefined;
  });
  return { order: order.expression, bound, starts: starts.every((start) => start !== undefined) ? starts : undefined };
}

/** Functions of a row's place in the whole partition, whatever their frame. */
const placed = new Set(["row_number", "rank", "dense_rank", "rank_dense", "percent_rank", "cume_dist", "ntile", "lag", "lead"]);
const seesAll = ({ name, frame }: WindowCall): boolean => placed.has(name) || frame.exclude !== "none";
const endsHere = ({ frame: { unit, end } }: WindowCall): boolean =>
  unit === "range" && (end.kind === "current row" || end.kind === "preceding");

const isColumn = (expression: Expression, column: number): boolean => expression.kind === "column" && expression.index === column;
