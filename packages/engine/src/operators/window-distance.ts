import { EvaluationError } from "../expression/evaluation-error.ts";
import type { RowCompiler } from "../expression/row-compiler.ts";
import type { FrameBound, Order, PlanType } from "../plan/types.ts";
import { Unsupported } from "../plan/unsupported.ts";
import type { Row, Value } from "../types.ts";
import { type OrderedPartition, peerEnd, peerStart } from "./window-partition.ts";

/** Types whose distances are exact. */
const exactTypes: ReadonlySet<PlanType["id"]> = new Set<PlanType["id"]>([
  ...(["TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "DECIMAL", "DATE", "TIMESTAMP"] as const),
]);

/**
 * A bound of a RANGE frame at a distance from the row's value. DuckDB plans it as the value at that distance, `value - distance`; the
 * frame then begins or ends at the rows with that value. A row whose value is NULL has the other NULLs for a frame.
 *
 * `after`: 1 for the end of a frame, which lies behind the rows with the value.
 *
 * @throws Unsupported for several orders, and for types that are not proven.
 */
export function bindDistance(
  orders: readonly Order[],
  bound: Extract<FrameBound, { readonly offset: unknown }>,
  after: 0 | 1,
  rows: RowCompiler,
): (partition: OrderedPartition, index: number) => number {
  const [order, ...others] = orders;
  if (order === undefined || others.length > 0) throw new Unsupported("window frame RANGE with an offset over several orders");
  const { type } = order.expression;
  const { type: boundType } = bound.offset;
  const same = type.id === boundType.id && type.scale === boundType.scale && exactTypes.has(type.id);
  if (!same) throw new Unsupported(`window frame RANGE with an offset over ${type.id}`);
  const valueOf = rows.value(order.expression);
  const limitOf = rows.value(bound.offset);
  const ascending = rows.compareValues(type);
  const compare = order.descending ? (a: Value, b: Value): number => ascending(b, a) : ascending;
  const side = bound.kind === "preceding" ? -1 : 1;
  const isBefore = (row: Row, limit: Value): boolean => {
    const value = valueOf(row);
    return value === null ? order.nullsFirst : compare(value, limit) < after;
  };
  return (partition, index) => {
    const row = partition.rows[index] as Row;
    const value = valueOf(row);
    const limit = limitOf(row);
    if (value === null || limit === null) return after === 0 ? peerStart(partition, index) : peerEnd(partition, index);
    if (compare(limit, value) * side < 0) throw new EvaluationError(`Out of Range Error: Invalid RANGE ${bound.kind.toUpperCase()} value`);
    return firstNotBefore(partition.rows, (other) => isBefore(other, limit));
  };
}

function firstNotBefore(rows: readonly Row[], isBefore: (row: Row) => boolean): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isBefore(rows[middle] as Row)) low = middle + 1;
    else high = middle;
  }
  return low;
}
