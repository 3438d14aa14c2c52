import type { Key } from "../dataflow/operator.ts";
import type { RowCompiler } from "../expression/row-compiler.ts";
import type { Expression, JoinCondition, JoinNode, PlanType } from "../plan/types.ts";
import type { Row } from "../types.ts";
import { shiftColumns } from "./shift-columns.ts";

const boolean: PlanType = { id: "BOOLEAN" };

/** What a join's conditions come to: keys that must be equal, and what remains to be asked of two rows with equal keys. */
export interface JoinParts {
  /** Undefined for a row that matches nothing, as an `=` on it is never TRUE. */
  readonly leftKey: (row: Row) => Key | undefined;
  readonly rightKey: (row: Row) => Key | undefined;
  /** Whether there are conditions on keys; without, all rows have one key: every pair of rows is looked at. */
  readonly keyed: boolean;
  /** Over left ++ right. Empty when equal keys are all that is asked. */
  readonly residual: readonly Expression[];
}

/** Splits a join's conditions; only those that `isKey` names become keys. */
export function splitConditions(
  node: JoinNode,
  rows: RowCompiler,
  isKey: (condition: JoinCondition) => boolean = ({ op }) => op === "=" || op === "is not distinct from",
): JoinParts {
  const keys = node.conditions.filter(isKey);
  const residual = node.conditions
    .filter((condition) => !isKey(condition))
    .map((condition) => conditionExpression(condition, node.left.types.length));
  if (node.residual !== undefined) residual.push(node.residual);
  return {
    leftKey: sideKey(keys, ({ left }) => left, rows),
    rightKey: sideKey(keys, ({ right }) => right, rows),
    keyed: keys.length > 0,
    residual,
  };
}

/** A condition as an expression over left ++ right. */
function conditionExpression({ op, left, right }: JoinCondition, leftWidth: number): Expression {
  return { kind: "compare", op, left, right: shiftColumns(right, leftWidth), type: boolean };
}

function sideKey(
  keys: readonly JoinCondition[],
  side: (condition: JoinCondition) => Expression,
  rows: RowCompiler,
): (row: Row) => Key | undefined {
  if (keys.length === 0) return () => 0;
  const all = keys.map(side);
  const strict = keys.filter(({ op }) => op === "=").map(side);
  if (strict.length === all.length) return rows.joinKey(all);
  const key = rows.key(all);
  if (strict.length === 0) return key;
  const known = rows.predicate(strict.map((child) => ({ kind: "is_not_null", child, type: boolean })));
  return (row) => (known(row) ? key(row) : undefined);
}

/** The columns of left ++ right as expressions over it. */
export function allColumns(types: readonly PlanType[]): readonly Expression[] {
  return types.map((type, index) => ({ kind: "column", index, type }));
}
