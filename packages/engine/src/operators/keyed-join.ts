import type { Key, Operator } from "../dataflow/operator.ts";
import type { RowCompiler } from "../expression/row-compiler.ts";
import type { JoinNode } from "../plan/types.ts";
import { createRelease, releaseAll } from "../streaming/expiry.ts";
import type { JoinExpiry } from "../streaming/join-bounds.ts";
import type { Delta, DeltaEntry } from "../types.ts";
import { createArrangement } from "./arrangement.ts";
import { createCounts, createDroppableCounts } from "./counts.ts";
import { createJoinOutput } from "./join-output.ts";
import type { JoinParts } from "./join-parts.ts";
import { tooManyRows } from "./too-many-rows.ts";

/**
 * Outer, semi, anti and single joins that ask nothing but equal keys: whether a row has a match is a property of its key.
 *
 * The left side's changes are settled against the right side as it was; then the right side's changes against the new left side,
 * and rows of keys whose matches came or went are given anew.
 */
export function createKeyedJoin(node: JoinNode, rows: RowCompiler, { leftKey, rightKey }: JoinParts, expiry?: JoinExpiry): Operator {
  const output = createJoinOutput(node, rows);
  const left = createArrangement(node.left.types, rows);
  const counts = expiry?.right === undefined ? createCounts : createDroppableCounts;
  const right = output.pair === undefined ? counts() : createArrangement(node.right.types, rows);

  const stepLeft = (delta: Delta, out: DeltaEntry[], before: Map<Key, number>): void => {
    for (const [row, weight] of delta) {
      const key = leftKey(row);
      const count = key === undefined ? 0 : right.total(key);
      const alone = output.left(row, count > 0 ? "some" : "none");
      if (alone !== undefined) out.push([alone, weight]);
      if (key === undefined) continue;
      if (output.pair !== undefined && count !== 0)
        right.each(key, (other, otherWeight) => out.push([output.pair!(row, other), weight * otherWeight]));
      if (!before.has(key)) before.set(key, left.total(key));
      left.add(key, row, weight);
    }
  };
  const settleRight = (before: ReadonlyMap<Key, number>, out: DeltaEntry[]): void => {
    if (output.right === undefined) return;
    for (const [key, count] of before) {
      const change = Number(count > 0) - Number(left.total(key) > 0);
      if (change !== 0) right.each(key, (row, weight) => out.push([output.right!(row), change * weight]));
    }
  };
  const stepRight = (delta: Delta, out: DeltaEntry[], before: Map<Key, number>): void => {
    for (const [row, weight] of delta) {
      const key = rightKey(row);
      const count = key === undefined ? 0 : left.total(key);
      if (output.right !== undefined && count === 0) out.push([output.right(row), weight]);
      if (key === undefined) continue;
      if (output.pair !== undefined && count !== 0)
        left.each(key, (other, otherWeight) => out.push([output.pair!(other, row), weight * otherWeight]));
      if (!before.has(key)) before.set(key, right.total(key));
      right.add(key, row, weight);
    }
  };
  const settleLeft = (before: ReadonlyMap<Key, number>, out: DeltaEntry[]): void => {
    for (const [key, count] of before) {
      const was = count > 0 ? "some" : "none";
      const is = right.total(key) > 0 ? "some" : "none";
      if (was === is) continue;
      left.each(key, (row, weight) => {
        const gone = output.left(row, was);
        const come = output.left(row, is);
        if (gone !== undefined) out.push([gone, -weight]);
        if (come !== undefined) out.push([come, weight]);
      });
    }
  };
  return {
    release: releaseAll([
      createRelease(expiry?.left, { size: () => left.retained, drop: left.drop }),
      createRelease(expiry?.right, { size: () => right.retained, drop: right.drop }),
    ]),
    step([leftDelta, rightDelta]) {
      const out: DeltaEntry[] = [];
      const leftBefore = new Map<Key, number>();
      const rightBefore = new Map<Key, number>();
      stepLeft(leftDelta!, out, leftBefore);
      settleRight(leftBefore, out);
      stepRight(rightDelta!, out, rightBefore);
      settleLeft(rightBefore, out);
      if (output.single)
        for (const before of [leftBefore, rightBefore])
          for (const key of before.keys()) if (right.total(key) > 1 && left.total(key) > 0) throw tooManyRows();
      return out;
    },
    get retained() {
      return left.retained + right.retained;
    },
  };
}
