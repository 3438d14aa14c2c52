import { requireIdentity } from "../aggregates/argument.ts";
import type { Key, Operator } from "../dataflow/operator.ts";
import type { RowCompiler } from "../expression/row-compiler.ts";
import type { Expression, PlanType } from "../plan/types.ts";
import { noBounds, type Bounds } from "../streaming/bound.ts";
import { createExpiry, createRelease } from "../streaming/expiry.ts";
import { columnLimits } from "../streaming/expression-bound.ts";
import type { DeltaEntry, Row } from "../types.ts";
import { createPlainZero } from "./plain-zero.ts";

interface Counted {
  readonly row: Row;
  count: number;
}

/**
 * Each row once, however often it is there. The rows are those of `expressions` over the input; left out, the input's own.
 * With several inputs: of all inputs together (UNION). `bounds` are the output's.
 */
export function createDistinct(
  types: readonly PlanType[],
  expressions: readonly Expression[] | undefined,
  rows: RowCompiler,
  bounds: Bounds = noBounds,
): Operator {
  for (const type of types) requireIdentity(type, "DISTINCT");
  const keyOf = expressions === undefined ? rows.rowKey(types) : rows.key(expressions);
  const values = expressions?.map((expression) => rows.value(expression));
  const represent = createPlainZero(types);
  const held = new Map<Key, Counted>();
  const drop = (isOver: (row: Row) => boolean): void => {
    for (const [key, { row }] of held) if (isOver(row)) held.delete(key);
  };
  return {
    release: createRelease(createExpiry(columnLimits(bounds)), { size: () => held.size, drop }),
    step(inputs) {
      const before = new Map<Key, number>();
      for (const input of inputs)
        for (const [row, weight] of input) {
          const key = keyOf(row);
          let counted = held.get(key);
          if (counted === undefined) {
            counted = { row: represent(values === undefined ? row : values.map((value) => value(row))), count: 0 };
            held.set(key, counted);
          }
          if (!before.has(key)) before.set(key, counted.count);
          counted.count += weight;
        }
      const output: DeltaEntry[] = [];
      for (const [key, was] of before) {
        const { row, count } = held.get(key)!;
        if (count === 0) held.delete(key);
        if (count > 0 !== was > 0) output.push([row, count > 0 ? 1 : -1]);
      }
      return output;
    },
    get retained() {
      return held.size;
    },
  };
}
