import type { Operator } from "../dataflow/operator.ts";
import type { RowCompiler } from "../expression/row-compiler.ts";
import type { JoinNode } from "../plan/types.ts";
import { consolidate } from "../runtime/consolidate.ts";
import { createRelease, releaseAll } from "../streaming/expiry.ts";
import type { JoinExpiry } from "../streaming/join-bounds.ts";
import type { DeltaEntry, Row } from "../types.ts";
import { createArrangement, isBucket, type Slot } from "./arrangement.ts";
import { allColumns, splitConditions } from "./join-parts.ts";

/**
 * Pairs of rows that meet the conditions: each side's changes meet what the other side holds. The left side's changes come first,
 * so the right side's meet them too, and a pair of which both halves changed is counted once. A pair that comes by the change of one
 * side and goes again by that of the other is not told.
 */
export function createInnerJoin(node: JoinNode, rows: RowCompiler, expiry?: JoinExpiry): Operator {
  const parts = splitConditions(node, rows);
  const { leftKey, rightKey } = parts;
  const leftWidth = node.left.types.length;
  const meets = parts.residual.length === 0 ? undefined : rows.joinPredicate(parts.residual, leftWidth);
  const pairKey = rows.rowKey(node.types);
  const combine = rows.joinRow(allColumns(node.types), leftWidth);
  const left = createArrangement(node.left.types, rows);
  const right = createArrangement(node.right.types, rows);

  const pairLeft = (row: Row, weight: number, slot: Slot, output: DeltaEntry[]): void => {
    if (!isBucket(slot)) {
      if (meets === undefined || meets(row, slot)) output.push([combine(row, slot), weight]);
      return;
    }
    const { rows: others, weights } = slot;
    for (let i = 0; i < others.length; i++) {
      const other = others[i]!;
      if (meets === undefined || meets(row, other))
        output.push([combine(row, other), weights === undefined ? weight : weight * weights[i]!]);
    }
  };
  const pairRight = (row: Row, weight: number, slot: Slot, output: DeltaEntry[]): void => {
    if (!isBucket(slot)) {
      if (meets === undefined || meets(slot, row)) output.push([combine(slot, row), weight]);
      return;
    }
    const { rows: others, weights } = slot;
    for (let i = 0; i < others.length; i++) {
      const other = others[i]!;
      if (meets === undefined || meets(other, row))
        output.push([combine(other, row), weights === undefined ? weight : weight * weights[i]!]);
    }
  };
  return {
    inParts: true,
    release: releaseAll([
      createRelease(expiry?.left, { size: () => left.retained, drop: left.drop }),
      createRelease(expiry?.right, { size: () => right.retained, drop: right.drop }),
    ]),
    step([leftDelta, rightDelta]) {
      const output: DeltaEntry[] = [];
      let removes = false;
      for (const [row, weight] of leftDelta!) {
        removes ||= weight < 0;
        const key = leftKey(row);
        if (key === undefined) continue;
        const slot = right.get(key);
        if (slot !== undefined) pairLeft(row, weight, slot, output);
        left.add(key, row, weight);
      }
      for (const [row, weight] of rightDelta!) {
        removes ||= weight < 0;
        const key = rightKey(row);
        if (key === undefined) continue;
        const slot = left.get(key);
        if (slot !== undefined) pairRight(row, weight, slot, output);
        right.add(key, row, weight);
      }
      return removes && leftDelta!.length > 0 && rightDelta!.length > 0 ? consolidate(output, pairKey) : output;
    },
    get retained() {
      return left.retained + right.retained;
    },
  };
}
