import type { Key, Operator } from "../dataflow/operator.ts";
import type { RowCompiler } from "../expression/row-compiler.ts";
import type { AggregateNode, Expression, PlanNode, ProjectNode } from "../plan/types.ts";
import type { DeltaEntry, Row } from "../types.ts";
import { tooManyRows } from "./too-many-rows.ts";

/** A scalar subquery: the only value of `value` over the rows of `input`. */
export interface ScalarSubquery {
  readonly input: PlanNode;
  readonly value: Expression;
}

/**
 * Recognises how DuckDB plans a scalar subquery that is not correlated: `first(value)` of all rows, and a fault when there is more
 * than one. By itself `first` would depend on the order of rows.
 */
export function findScalarSubquery({ expressions, input }: ProjectNode): ScalarSubquery | undefined {
  const [guarded, ...others] = expressions;
  if (input.kind !== "aggregate" || others.length > 0 || guarded?.kind !== "case" || guarded.branches.length !== 1) return undefined;
  const { when, then } = guarded.branches[0]!;
  const guards =
    when.kind === "compare" && when.op === ">" && isColumn(when.left, 1) && when.right.kind === "constant" && when.right.value === 1n;
  if (!guards || then.kind !== "call" || then.name !== "error" || !isColumn(guarded.otherwise, 0)) return undefined;
  const value = firstAndCount(input);
  return value === undefined ? undefined : { input: input.input, value };
}

function firstAndCount({ groups, sets, aggregates, groupingFunctions }: AggregateNode): Expression | undefined {
  const [first, count, ...others] = aggregates;
  const whole = groups.length === 0 && sets.length === 1 && others.length === 0 && groupingFunctions.length === 0;
  if (!whole || first?.name !== "first" || count?.name !== "count_star") return undefined;
  const plain = [first, count].every(({ filter, orderBy, distinct }) => filter === undefined && orderBy.length === 0 && !distinct);
  return plain && first.args.length === 1 ? first.args[0] : undefined;
}

function isColumn(expression: Expression, index: number): boolean {
  return expression.kind === "column" && expression.index === index;
}

/** One row at all times: the value of the only row, or NULL when there is none. More than one at the end of a step is a fault. */
export function createSingleRow({ value: expression }: ScalarSubquery, rows: RowCompiler): Operator {
  const value = rows.value(expression);
  const rowKey = rows.rowKey([expression.type]);
  const same = rows.sameValue(expression.type);
  const held = new Map<Key, { readonly row: Row; count: number }>();
  let total = 0;
  let given: Row | undefined;
  return {
    step([delta]) {
      for (const [input, weight] of delta!) {
        const row = [value(input)];
        const key = rowKey(row);
        const entry = held.get(key) ?? { row, count: 0 };
        entry.count += weight;
        total += weight;
        if (entry.count === 0) held.delete(key);
        else held.set(key, entry);
      }
      if (total > 1) throw tooManyRows();
      const [only] = held.values();
      const row = only?.row ?? [null];
      const output: DeltaEntry[] = [];
      if (given !== undefined && same(given[0]!, row[0]!)) return output;
      if (given !== undefined) output.push([given, -1]);
      output.push([row, 1]);
      given = row;
      return output;
    },
    get retained() {
      return held.size;
    },
  };
}
