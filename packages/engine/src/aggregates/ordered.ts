import type { RowCompiler } from "../expression/row-compiler.ts";
import type { AggregateCall, Order } from "../plan/types.ts";
import { Unsupported } from "../plan/unsupported.ts";
import type { Row, Value } from "../types.ts";
import type { Accumulator, AggregateFunction, BoundAggregate } from "./accumulator.ts";
import { requireIdentity, unproven } from "./argument.ts";
import { SortedRows } from "./sorted-rows.ts";

const keepNulls = false;
const leaveNulls = true;

type Finish = (rows: SortedRows) => Value;

/** string_agg(x, separator ORDER BY …): text joined in order; NULLs are left out. */
export const stringAgg: AggregateFunction = {
  names: ["string_agg", "group_concat", "listagg"],
  signature: "string_agg(VARCHAR, constant ORDER BY …)",
  bind(call, rows): BoundAggregate {
    const [text, separator, ...others] = call.args;
    if (text?.type.id !== "VARCHAR" || separator?.kind !== "constant" || others.length > 0) throw unproven(call);
    if (typeof separator.value !== "string") throw unproven(call);
    const between = separator.value;
    return bindOrdered(call, rows, leaveNulls, (sorted) => (sorted.size === 0 ? null : valuesOf(sorted).join(between)));
  },
};

/** list(x ORDER BY …): all values in order, NULLs too; NULL over no rows. */
export const list: AggregateFunction = {
  names: ["list", "array_agg"],
  signature: "list(any ORDER BY …)",
  bind: (call, rows) => bindOrdered(call, rows, keepNulls, (sorted) => (sorted.size === 0 ? null : valuesOf(sorted))),
};

/** first(x ORDER BY …), NULL or not. */
export const first: AggregateFunction = {
  names: ["first", "arbitrary"],
  signature: "first(any ORDER BY …)",
  bind: (call, rows) => bindOrdered(call, rows, keepNulls, (sorted) => sorted.first()?.[0] ?? null),
};

/** last(x ORDER BY …), NULL or not. */
export const last: AggregateFunction = {
  names: ["last"],
  signature: "last(any ORDER BY …)",
  bind: (call, rows) => bindOrdered(call, rows, keepNulls, (sorted) => sorted.last()?.[0] ?? null),
};

/** any_value(x ORDER BY …): the first that is not NULL. */
export const anyValue: AggregateFunction = {
  names: ["any_value"],
  signature: "any_value(any ORDER BY …)",
  bind: (call, rows) => bindOrdered(call, rows, leaveNulls, (sorted) => sorted.first()?.[0] ?? null),
};

/**
 * An aggregate of values in the order of its ORDER BY. Rows that are equal there stand in a fixed order by value; DuckDB's is arbitrary.
 *
 * @throws Unsupported without an order: the result would depend on the order of rows.
 */
function bindOrdered(call: AggregateCall, rows: RowCompiler, leaveNull: boolean, finish: Finish): BoundAggregate {
  const [argument, ...others] = call.args;
  if (argument === undefined || others.some(({ kind }) => kind !== "constant")) throw unproven(call);
  if (call.orderBy.length === 0) throw new Unsupported(`aggregate ${call.name} without ORDER BY: it depends on the order of rows`);
  const expressions = [argument, ...call.orderBy.map((order) => order.expression)];
  for (const { type } of expressions) requireIdentity(type, call.name);
  const project = rows.row(expressions, -1);
  const compare = rows.compare(call.orderBy.map((order, i): Order => ({ ...order, expression: columnOf(order, i + 1) })));
  const tie = rows.compareRows(expressions.map(({ type }) => type));
  const total = (a: Row, b: Row): number => compare(a, b) || tie(a, b);
  const input = leaveNull
    ? (row: Row): Value => {
        const values = project(row);
        return values[0] === null ? null : values;
      }
    : project;
  return { input, create: () => new Ordered(total, finish) };
}

function columnOf(order: Order, index: number): Order["expression"] {
  return { kind: "column", index, type: order.expression.type };
}

function valuesOf(sorted: SortedRows): Value[] {
  const values: Value[] = [];
  sorted.forEach((row, weight) => {
    for (let i = 0; i < weight; i++) values.push(row[0] as Value);
    return true;
  });
  return values;
}

class Ordered implements Accumulator {
  private readonly rows: SortedRows;
  private readonly finish: Finish;

  constructor(compare: (a: Row, b: Row) => number, finish: Finish) {
    this.rows = new SortedRows(compare);
    this.finish = finish;
  }

  add(value: Value, weight: number): void {
    this.rows.add(value as Row, weight);
  }

  result(): Value {
    return this.finish(this.rows);
  }
}
