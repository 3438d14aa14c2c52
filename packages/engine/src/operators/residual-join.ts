import type { Operator } from "../dataflow/operator.ts";
import type { RowCompiler } from "../expression/row-compiler.ts";
import type { Expression, JoinNode, PlanType } from "../plan/types.ts";
import { createRelease, releaseAll } from "../streaming/expiry.ts";
import type { JoinExpiry } from "../streaming/join-bounds.ts";
import type { Delta, DeltaEntry, Row } from "../types.ts";
import { createJoinOutput, type Status } from "./join-output.ts";
import type { JoinParts } from "./join-parts.ts";
import { createMatchTable, type Matched } from "./match-table.ts";
import { tooManyRows } from "./too-many-rows.ts";

const boolean: PlanType = { id: "BOOLEAN" };

/**
 * Outer, semi, anti, mark and single joins that ask more than equal keys: each row knows how many rows of the other side it
 * matches. A changed row is compared with every row of its key on the other side.
 */
export function createResidualJoin(node: JoinNode, rows: RowCompiler, parts: JoinParts, expiry?: JoinExpiry): Operator {
  const { leftKey, rightKey } = parts;
  const output = createJoinOutput(node, rows);
  const { pair } = output;
  const leftWidth = node.left.types.length;
  const matches = rows.joinPredicate(parts.residual, leftWidth);
  const unknown = node.joinType === "mark" ? rows.joinPredicate([isUnknown(parts.residual)], leftWidth) : () => false;
  const left = createMatchTable(rows.rowKey(node.left.types));
  const right = createMatchTable(rows.rowKey(node.right.types));

  /** Counts a change of one side with a row of the other side. */
  const meet = (leftRow: Row, rightRow: Row, weight: number, matched: Matched): boolean => {
    if (matches(leftRow, rightRow)) {
      matched.some += weight;
      return true;
    }
    if (unknown(leftRow, rightRow)) matched.unknown += weight;
    return false;
  };
  const give = (out: DeltaEntry[], row: Row | undefined, weight: number): void => {
    if (row !== undefined && weight !== 0) out.push([row, weight]);
  };

  const stepLeft = (delta: Delta, out: DeltaEntry[], rightBefore: Map<Matched, number>): void => {
    for (const [row, weight] of delta) {
      const key = leftKey(row);
      if (key === undefined) {
        give(out, output.left(row, "none"), weight);
        continue;
      }
      const others = right.rowsOf(key);
      const { matched, fresh } = left.add(key, row, weight);
      for (const other of others) {
        if (fresh) meet(row, other.row, other.weight, matched);
        if (!matches(row, other.row)) continue;
        if (pair !== undefined) out.push([pair(row, other.row), weight * other.weight]);
        if (output.right === undefined) continue;
        if (!rightBefore.has(other)) rightBefore.set(other, other.some);
        other.some += weight;
      }
      give(out, output.left(row, statusOf(matched)), weight);
    }
  };
  const settleRight = (before: ReadonlyMap<Matched, number>, out: DeltaEntry[]): void => {
    for (const [matched, some] of before)
      give(out, output.right!(matched.row), (Number(some > 0) - Number(matched.some > 0)) * matched.weight);
  };
  const stepRight = (delta: Delta, out: DeltaEntry[], leftBefore: Map<Matched, Status>): void => {
    for (const [row, weight] of delta) {
      const key = rightKey(row);
      if (key === undefined) {
        give(out, output.right?.(row), weight);
        continue;
      }
      const { matched, fresh } = right.add(key, row, weight);
      for (const other of left.rowsOf(key)) {
        if (!leftBefore.has(other)) leftBefore.set(other, statusOf(other));
        if (!meet(other.row, row, weight, other)) continue;
        if (fresh) matched.some += other.weight;
        if (pair !== undefined) out.push([pair(other.row, row), weight * other.weight]);
      }
      if (matched.some === 0) give(out, output.right?.(row), weight);
    }
  };
  const settleLeft = (before: ReadonlyMap<Matched, Status>, out: DeltaEntry[]): void => {
    for (const [matched, was] of before) {
      const is = statusOf(matched);
      if (was === is) continue;
      give(out, output.left(matched.row, was), -matched.weight);
      give(out, output.left(matched.row, is), matched.weight);
    }
  };
  return {
    release: releaseAll([
      createRelease(expiry?.left, { size: () => left.retained, drop: left.drop }),
      createRelease(expiry?.right, { size: () => right.retained, drop: right.drop }),
    ]),
    step([leftDelta, rightDelta]) {
      const out: DeltaEntry[] = [];
      const leftBefore = new Map<Matched, Status>();
      const rightBefore = new Map<Matched, number>();
      stepLeft(leftDelta!, out, rightBefore);
      settleRight(rightBefore, out);
      stepRight(rightDelta!, out, leftBefore);
      settleLeft(leftBefore, out);
      if (output.single) assertSingle(leftDelta!, leftBefore.keys());
      return out;
    },
    get retained() {
      return left.retained + right.retained;
    },
  };

  function assertSingle(delta: Delta, touched: Iterable<Matched>): void {
    for (const matched of touched) if (matched.some > 1 && matched.weight > 0) throw tooManyRows();
    for (const [row] of delta) {
      const key = leftKey(row);
      const matched = key === undefined ? undefined : left.find(key, row);
      if (matched !== undefined && matched.some > 1 && matched.weight > 0) throw tooManyRows();
    }
  }
}

function statusOf(matched: Matched): Status {
  if (matched.some > 0) return "some";
  return matched.unknown > 0 ? "unknown" : "none";
}

/** TRUE when the whole condition is NULL. */
function isUnknown(residual: readonly Expression[]): Expression {
  const child: Expression = residual.length === 1 ? residual[0]! : { kind: "and", children: residual, type: boolean };
  return { kind: "is_null", child, type: boolean };
}
