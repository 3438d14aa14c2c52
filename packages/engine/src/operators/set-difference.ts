import { requireIdentity } from "../aggregates/argument.ts";
import type { Key, Operator } from "../dataflow/operator.ts";
import type { RowCompiler } from "../expression/row-compiler.ts";
import type { SetNode } from "../plan/types.ts";
import { noBounds, type Bounds } from "../streaming/bound.ts";
import { createExpiry, createRelease } from "../streaming/expiry.ts";
import { columnLimits } from "../streaming/expression-bound.ts";
import type { DeltaEntry, Row } from "../types.ts";
import { createPlainZero } from "./plain-zero.ts";

interface Counted {
  readonly row: Row;
  left: number;
  right: number;
}

/** EXCEPT and INTERSECT of two inputs, as sets or (ALL) as multisets. NULL is equal to NULL. `bounds` are those of both together. */
export function createSetDifference(node: Pick<SetNode, "op" | "all" | "types">, rows: RowCompiler, bounds: Bounds = noBounds): Operator {
  for (const type of node.types) requireIdentity(type, node.op.toUpperCase());
  const rowKey = rows.rowKey(node.types);
  const represent = createPlainZero(node.types);
  const timesOf = multiplicity(node);
  const held = new Map<Key, Counted>();
  const drop = (isOver: (row: Row) => boolean): void => {
    for (const [key, { row }] of held) if (isOver(row)) held.delete(key);
  };
  return {
    release: createRelease(createExpiry(columnLimits(bounds)), { size: () => held.size, drop }),
    step([left, right]) {
      const before = new Map<Key, number>();
      const entryOf = (row: Row): Counted => {
        const key = rowKey(row);
        let counted = held.get(key);
        if (counted === undefined) held.set(key, (counted = { row: represent(row), left: 0, right: 0 }));
        if (!before.has(key)) before.set(key, timesOf(counted.left, counted.right));
        return counted;
      };
      for (const [row, weight] of left!) entryOf(row).left += weight;
      for (const [row, weight] of right!) entryOf(row).right += weight;
      const output: DeltaEntry[] = [];
      for (const [key, was] of before) {
        const counted = held.get(key)!;
        if (counted.left === 0 && counted.right === 0) held.delete(key);
        const change = timesOf(counted.left, counted.right) - was;
        if (change !== 0) output.push([counted.row, change]);
      }
      return output;
    },
    get retained() {
      return held.size;
    },
  };
}

function multiplicity({ op, all }: Pick<SetNode, "op" | "all">): (left: number, right: number) => number {
  if (op === "except") return all ? (l, r) => Math.max(0, l - r) : (l, r) => (l > 0 && r === 0 ? 1 : 0);
  return all ? (l, r) => Math.min(l, r) : (l, r) => (l > 0 && r > 0 ? 1 : 0);
}
