import type { RowCompiler } from "../expression/row-compiler.ts";
import type { Expression, FrameBound, WindowCall } from "../plan/types.ts";
import { Unsupported } from "../plan/unsupported.ts";
import { bindDistance } from "./window-distance.ts";
import { type OrderedPartition, peerEnd, peerStart } from "./window-partition.ts";

/** Where a row's frame begins, or the first row behind it. */
type Bound = (partition: OrderedPartition, index: number) => number;

export interface Frame {
  readonly start: Bound;
  /** Exclusive; may lie before `start`, the frame is then empty. */
  readonly end: Bound;
}

/** @throws Unsupported for EXCLUDE, offsets of rows or groups that are not constant, and distances that are not proven. */
export function bindFrame(call: WindowCall, rows: RowCompiler): Frame {
  if (call.frame.exclude !== "none") throw new Unsupported("window frame with EXCLUDE");
  return { start: bindBound(call, call.frame.start, 0, rows), end: bindBound(call, call.frame.end, 1, rows) };
}

/** `after`: 1 for the end of a frame, which lies behind the row or group that the bound names. */
function bindBound(call: WindowCall, bound: FrameBound, after: 0 | 1, compiler: RowCompiler): Bound {
  const { unit } = call.frame;
  if (bound.kind === "unbounded preceding") return () => 0;
  if (bound.kind === "unbounded following") return ({ rows }) => rows.length;
  if (!("offset" in bound)) return currentRow(unit, after);
  if (unit === "range") return bindDistance(call.orders, bound, after, compiler);
  const offset = constantOffset(bound.offset);
  const distance = (bound.kind === "preceding" ? -offset : offset) + after;
  if (unit === "rows") return ({ rows }, index) => clamp(index + distance, rows.length);
  return ({ group, starts }, index) => starts[clamp((group[index] as number) + distance, starts.length - 1)] as number;
}

function currentRow(unit: WindowCall["frame"]["unit"], after: 0 | 1): Bound {
  if (unit === "rows") return (_, index) => index + after;
  return after === 0 ? peerStart : peerEnd;
}

function clamp(index: number, length: number): number {
  return Math.max(0, Math.min(length, index));
}

function constantOffset(offset: Expression): number {
  const value = offset.kind === "constant" ? offset.value : undefined;
  if ((typeof value !== "bigint" && typeof value !== "number") || value < 0 || value > Number.MAX_SAFE_INTEGER) {
    throw new Unsupported("window frame whose offset is not a constant count of rows");
  }
  return Number(value);
}
