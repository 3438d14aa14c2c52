import type { Key, Operator } from "../dataflow/operator.ts";
import type { RowCompiler } from "../expression/row-compiler.ts";
import type { Expression, JoinNode } from "../plan/types.ts";
import type { Delta, DeltaEntry } from "../types.ts";
import { createArrangement } from "./arrangement.ts";
import { createCounts } from "./counts.ts";
import { createJoinOutput, type Status } from "./join-output.ts";

/** What one group of the right side says about values that it does not have. */
interface Group {
  total: number;
  nulls: number;
  /** Left pairs (group and value) that have rows → whether the value is NULL. */
  readonly left: Map<Key, boolean>;
}
/** A group as it was before the step. */
interface GroupBefore {
  readonly total: number;
  readonly nulls: number;
  readonly pairs: Map<Key, number>;
}

/**
 * `value IN (subquery)` with its three values. The value may be of several columns: like DuckDB, and unlike the standard, it then is
 * NULL as soon as one of them is. Conditions with `is not distinct from` divide both sides into groups
 * (a correlated subquery), each with an answer of its own. FALSE when the group is empty, also for NULL; TRUE when the group has the
 * value; else NULL when the value is NULL or the group has a NULL; else FALSE.
 */
export function createMarkJoin(node: JoinNode, rows: RowCompiler): Operator {
  const output = createJoinOutput(node, rows);
  const leftSide = sideOf(node, rows, "left");
  const rightSide = sideOf(node, rows, "right");
  const left = createArrangement(node.left.types, rows);
  const right = createCounts();
  const groups = new Map<Key, Group>();

  const groupOf = (key: Key): Group => {
    let group = groups.get(key);
    if (group === undefined) groups.set(key, (group = { total: 0, nulls: 0, left: new Map() }));
    return group;
  };
  const forget = (key: Key, group: Group): void => {
    if (group.total === 0 && group.nulls === 0 && group.left.size === 0) groups.delete(key);
  };
  const stepLeft = (delta: Delta, out: DeltaEntry[]): void => {
    for (const [row, weight] of delta) {
      const groupKey = leftSide.group(row);
      const group = groupOf(groupKey);
      const pair = leftSide.pair(row);
      const isNull = !leftSide.known(row);
      out.push([output.left(row, statusOf(isNull, right.total(pair), group.total, group.nulls))!, weight]);
      left.add(pair, row, weight);
      if (left.get(pair) !== undefined) group.left.set(pair, isNull);
      else group.left.delete(pair);
      forget(groupKey, group);
    }
  };
  const applyRight = (delta: Delta): ReadonlyMap<Key, GroupBefore> => {
    const touched = new Map<Key, GroupBefore>();
    for (const [row, weight] of delta) {
      const groupKey = rightSide.group(row);
      const group = groupOf(groupKey);
      let before = touched.get(groupKey);
      if (before === undefined) touched.set(groupKey, (before = { total: group.total, nulls: group.nulls, pairs: new Map() }));
      group.total += weight;
      if (!rightSide.known(row)) {
        group.nulls += weight;
        continue;
      }
      const pair = rightSide.pair(row);
      if (!before.pairs.has(pair)) before.pairs.set(pair, right.total(pair));
      right.add(pair, row, weight);
    }
    return touched;
  };
  const settle = (before: GroupBefore, group: Group, out: DeltaEntry[]): void => {
    const every = before.total > 0 !== group.total > 0 || before.nulls > 0 !== group.nulls > 0;
    for (const pair of every ? group.left.keys() : before.pairs.keys()) {
      const isNull = group.left.get(pair);
      if (isNull === undefined) continue;
      const count = right.total(pair);
      const was = statusOf(isNull, before.pairs.get(pair) ?? count, before.total, before.nulls);
      const is = statusOf(isNull, count, group.total, group.nulls);
      if (was === is) continue;
      left.each(pair, (row, weight) => {
        out.push([output.left(row, was)!, -weight]);
        out.push([output.left(row, is)!, weight]);
      });
    }
  };
  return {
    step([leftDelta, rightDelta]) {
      const out: DeltaEntry[] = [];
      stepLeft(leftDelta!, out);
      for (const [key, before] of applyRight(rightDelta!)) {
        const group = groups.get(key)!;
        settle(before, group, out);
        forget(key, group);
      }
      return out;
    },
    get retained() {
      return left.retained + right.retained;
    },
  };
}

function statusOf(isNull: boolean, count: number, total: number, nulls: number): Status {
  if (isNull) return total > 0 ? "unknown" : "none";
  if (count > 0) return "some";
  return nulls > 0 ? "unknown" : "none";
}

function sideOf(node: JoinNode, rows: RowCompiler, side: "left" | "right") {
  const values = node.conditions.filter(({ op }) => op === "=").map((condition) => condition[side]);
  const group = node.conditions.filter(({ op }) => op !== "=").map((condition) => condition[side]);
  const known = values.map((child): Expression => ({ kind: "is_not_null", child, type: { id: "BOOLEAN" } }));
  return {
    group: group.length === 0 ? () => 0 : rows.key(group),
    pair: rows.key([...group, ...values]),
    known: rows.predicate(known),
  };
}
