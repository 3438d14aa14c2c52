import type { Key } from "../../src/dataflow/operator.ts";
import type { RowCompiler } from "../../src/expression/row-compiler.ts";
import type { Comparison, Expression } from "../../src/plan/types.ts";
import { Unsupported } from "../../src/plan/unsupported.ts";
import type { Row, Value } from "../../src/types.ts";

/**
 * A `RowCompiler` that walks expressions, for the few kinds that these tests use: operators are tested apart from the code that the
 * real one generates, and against a second opinion on SQL's three values.
 */
export const interpretedRows: RowCompiler = {
  value: (expression) => (row) => evaluate(expression, row),
  row: (expressions) => (row) => expressions.map((expression) => evaluate(expression, row)),
  predicate: (expressions) => (row) => expressions.every((expression) => evaluate(expression, row) === true),
  joinPredicate: (expressions, leftWidth) => (left, right) => {
    const row = joined(left, right, leftWidth);
    return expressions.every((expression) => evaluate(expression, row) === true);
  },
  joinRow: (expressions, leftWidth) => (left, right) => {
    const row = joined(left, right, leftWidth);
    return expressions.map((expression) => evaluate(expression, row));
  },
  key: (expressions) => (row) => textKey(expressions.map((expression) => evaluate(expression, row))),
  joinKey: (expressions) => (row) => {
    const values = expressions.map((expression) => evaluate(expression, row));
    return values.includes(null) ? undefined : textKey(values);
  },
  rowKey: () => textKey,
  compare: (orders) => (a, b) => {
    for (const { expression, descending, nullsFirst } of orders) {
      const [x, y] = [evaluate(expression, a), evaluate(expression, b)];
      if (x === null || y === null) {
        if (x !== y) return (x === null) === nullsFirst ? -1 : 1;
      } else if (compareValues(x, y) !== 0) return descending ? -compareValues(x, y) : compareValues(x, y);
    }
    return 0;
  },
  compareRows: () => (a, b) => {
    const [x, y] = [textKey(a) as string, textKey(b) as string];
    return x < y ? -1 : x > y ? 1 : 0;
  },
  compareValues: () => compareValues,
  sameValue: () => (a, b) => textKey([a]) === textKey([b]),
};

function joined(left: Row, right: Row, leftWidth: number): Row {
  if (left.length !== leftWidth) throw new TypeError(`A left row has ${left.length} columns, not ${leftWidth}`);
  return [...left, ...right];
}

const textOf = (value: Value): string => `${typeof value}:${value === null ? "null" : String(Object.is(value, -0) ? 0 : value)}`;
const textKey = (row: Row): Key => JSON.stringify(row.map(textOf));

function compareValues(a: Value, b: Value): number {
  return a! < b! ? -1 : a! > b! ? 1 : 0;
}

const comparisons: Readonly<Record<Comparison, (a: Value, b: Value) => boolean | null>> = {
  "=": strict((order) => order === 0),
  "<>": strict((order) => order !== 0),
  "<": strict((order) => order < 0),
  "<=": strict((order) => order <= 0),
  ">": strict((order) => order > 0),
  ">=": strict((order) => order >= 0),
  "is distinct from": (a, b) => a !== b,
  "is not distinct from": (a, b) => a === b,
};

function strict(holds: (order: number) => boolean): (a: Value, b: Value) => boolean | null {
  return (a, b) => (a === null || b === null ? null : holds(compareValues(a, b)));
}

function evaluate(expression: Expression, row: Row): Value {
  const of = (child: Expression): Value => evaluate(child, row);
  switch (expression.kind) {
    case "column":
      if (expression.index >= row.length) throw new TypeError(`Column ${expression.index} of a row of ${row.length}`);
      return row[expression.index]!;
    case "constant":
      return expression.value;
    case "compare":
      return comparisons[expression.op](of(expression.left), of(expression.right));
    case "and":
      return conjunction(expression.children.map(of), false);
    case "or":
      return conjunction(expression.children.map(of), true);
    case "not": {
      const value = of(expression.child);
      return value === null ? null : !value;
    }
    case "is_null":
      return of(expression.child) === null;
    case "is_not_null":
      return of(expression.child) !== null;
    case "coalesce":
      return expression.children.map(of).find((value) => value !== null) ?? null;
    case "case":
      return of(expression.branches.find(({ when }) => of(when) === true)?.then ?? expression.otherwise);
    case "cast": {
      const value = of(expression.child);
      if (expression.type.id === expression.child.type.id || value === null) return value;
      if (expression.type.id === "BIGINT" && typeof value === "number") return BigInt(value);
      if (expression.type.id === "INTEGER" && typeof value === "bigint") return Number(value);
      throw new Unsupported(`cast to ${expression.type.id}`);
    }
    case "call": {
      const values = expression.args.map(of);
      if (values.includes(null)) return null;
      if (expression.name === "+" && typeof values[0] === "number") return values[0] + (values[1] as number);
      throw new Unsupported(`function ${expression.name}`);
    }
    default:
      throw new Unsupported(expression.kind);
  }
}

/** OR with `decisive` true, AND with false. */
function conjunction(values: readonly Value[], decisive: boolean): boolean | null {
  if (values.includes(decisive)) return decisive;
  return values.includes(null) ? null : !decisive;
}
