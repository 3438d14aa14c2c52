import { SortedRows } from "../aggregates/sorted-rows.ts";
import type { Operator } from "../dataflow/operator.ts";
import type { RowCompiler } from "../expression/row-compiler.ts";
import type { Comparison, JoinNode, PlanTypeId } from "../plan/types.ts";
import type { Delta, DeltaEntry, Row, Value } from "../types.ts";

/** How a row's value must stand to the bound, by the sign of their comparison. */
const passes: Partial<Readonly<Record<Comparison, (order: number) => boolean>>> = {
  "<": (order) => order < 0,
  "<=": (order) => order <= 0,
  ">": (order) => order > 0,
  ">=": (order) => order >= 0,
};

/** Where a row passes as soon as the bound has come far enough. */
const passesLater: ReadonlySet<Comparison> = new Set<Comparison>(["<", "<="]);

/** Types whose order tells all different values apart, or of which two equal ones cannot be told apart. */
const nested: ReadonlySet<PlanTypeId> = new Set<PlanTypeId>(["INTERVAL", "LIST", "STRUCT", "MAP", "JSON"]);

/** Whether a join asks its left rows nothing but to be on one side of a value of the right row. */
export function isMovingBound({ joinType, conditions, residual, left, delim }: JoinNode): boolean {
  const [condition, ...others] = conditions;
  if (joinType !== "inner" || condition === undefined || others.length > 0 || residual !== undefined || delim !== undefined) return false;
  return passes[condition.op] !== undefined && left.types.every(({ id }) => !nested.has(id)) && !nested.has(condition.left.type.id);
}

/**
 * Rows on one side of a bound that moves, such as `ts >= NOW() - INTERVAL 1 HOUR`: rows are kept in order, and when the bound moves
 * only those between its old and its new place are looked at.
 *
 * It stands for a join with a right side of exactly one row whose columns nobody reads: they are NULL in the output, so that a row
 * which stays is no change.
 *
 * @param rises The bound never falls: rows that it has left behind stay in or out for good, and are not kept.
 */
export function createMovingBound(node: JoinNode, rows: RowCompiler, rises = false): Operator {
  const { op, left, right } = node.conditions[0]!;
  const passing = passes[op]!;
  const valueOf = rows.value(left);
  const boundOf = rows.value(right);
  const compareValues = rows.compareValues(left.type);
  const compareRows = rows.compareRows(node.left.types);
  const unread = node.right.types.map(() => null);
  // An entry is [value, row]; [value] alone stands before all rows of that value.
  const held = new SortedRows((a, b) => {
    const order = compareValues(a[0]!, b[0]!);
    if (order !== 0 || a === b) return order;
    return a.length < 2 ? -1 : b.length < 2 ? 1 : compareRows(a[1] as Row, b[1] as Row);
  });
  let bound: Value = null;

  const settled = (value: Value, limit: Value): boolean => rises && limit !== null && passesLater.has(op) === isIn(value, limit);
  const isIn = (value: Value, limit: Value): boolean => limit !== null && passing(compareValues(value, limit));
  const give = (out: DeltaEntry[], row: Row, weight: number): void => void out.push([[...row, ...unread], weight]);
  const stepLeft = (delta: Delta, out: DeltaEntry[]): void => {
    for (const [row, weight] of delta) {
      const value = valueOf(row);
      if (value === null) continue;
      if (isIn(value, bound)) give(out, row, weight);
      if (!settled(value, bound)) held.add([value, row], weight);
    }
  };
  const move = (to: Value, out: DeltaEntry[]): void => {
    const change = ([value, row]: Row, weight: number): void => {
      const sign = Number(isIn(value!, to)) - Number(isIn(value!, bound));
      if (sign !== 0) give(out, row as Row, sign * weight);
    };
    if (to === null || bound === null) {
      held.forEach((entry, weight) => (change(entry, weight), true));
    } else {
      const [low, high] = compareValues(bound, to) < 0 ? [bound, to] : [to, bound];
      held.forEachFrom([low], (entry, weight) => {
        if (compareValues(entry[0]!, high) > 0) return false;
        change(entry, weight);
        return true;
      });
    }
    bound = to;
    for (let first = held.first(); first !== undefined && settled(first[0]!, bound); first = held.first()) held.removeFirst();
  };
  return {
    step([leftDelta, rightDelta]) {
      const out: DeltaEntry[] = [];
      stepLeft(leftDelta!, out);
      const next = rightDelta!.find(([, weight]) => weight > 0);
      if (next !== undefined) move(boundOf(next[0]), out);
      return out;
    },
    get retained() {
      return held.size;
    },
  };
}
