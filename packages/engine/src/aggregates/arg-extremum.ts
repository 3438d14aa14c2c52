import type { RowCompiler } from "../expression/row-compiler.ts";
import type { AggregateCall, Expression, Order } from "../plan/types.ts";
import { Unsupported } from "../plan/unsupported.ts";
import type { Row, Value } from "../types.ts";
import type { Accumulator, AggregateFunction, BoundAggregate } from "./accumulator.ts";
import { requireIdentity, unproven } from "./argument.ts";
import { SortedRows } from "./sorted-rows.ts";

/**
 * arg_min(x, by) and arg_max(x, by): the x of the row with the least or greatest `by`. Of rows with the same `by` DuckDB takes the
 * one that it sees first; here it is the first x in a fixed order by value. Rows in which `by` is NULL are left out, and, but for the
 * `_null` forms, rows in which x is.
 */
export const argExtremum: AggregateFunction = {
  names: ["arg_min", "argmin", "min_by", "arg_min_null", "arg_max", "argmax", "max_by", "arg_max_null"],
  signature: "arg_min, arg_max, arg_min_null, arg_max_null (any, scalar)",
  bind(call: AggregateCall, rows: RowCompiler): BoundAggregate {
    const [argument, by, ...others] = call.args;
    if (argument === undefined || by === undefined || others.length > 0) throw unproven(call);
    requireIdentity(argument.type, call.name);
    const orders = sortKeyOrders(by);
    if (orders !== undefined) return bindSortKey(call, argument, orders, rows);
    requireIdentity(by.type, call.name);
    const compare = comparePairs(argument, by, rows, call.name.includes("max"));
    return {
      input: pairInput(argument, by, rows, call.name.endsWith("_null")),
      create: () => new FirstOfPairs(compare),
    };
  },
};

/** DuckDB plans first(x ORDER BY a, b DESC) as arg_min_null(x, create_sort_key(a, 'ASC …', b, 'DESC …')), last() as the greatest. */
function sortKeyOrders(by: Expression): readonly Order[] | undefined {
  if (by.kind !== "call" || by.name !== "create_sort_key") return undefined;
  return by.args.flatMap((expression, i): Order[] => {
    if (i % 2 === 1) return [];
    const how = by.args[i + 1];
    const words = how?.kind === "constant" ? /^(ASC|DESC) NULLS (FIRST|LAST)$/.exec(String(how.value as string)) : null;
    if (words === null) throw new Unsupported("create_sort_key() in an unknown order");
    return [{ expression, descending: words[1] === "DESC", nullsFirst: words[2] === "FIRST" }];
  });
}

/** Of rows that are equal in all orders, the first x in a fixed order by value. */
function bindSortKey(call: AggregateCall, argument: Expression, orders: readonly Order[], rows: RowCompiler): BoundAggregate {
  const expressions = [argument, ...orders.map(({ expression }) => expression)];
  for (const { type } of expressions) requireIdentity(type, call.name);
  const project = rows.row(expressions, -1);
  const keepsNull = call.name.endsWith("_null");
  const byOrder = rows.compare(
    orders.map((order, i): Order => ({ ...order, expression: { kind: "column", index: i + 1, type: order.expression.type } })),
  );
  const tie = rows.compareRows(expressions.map(({ type }) => type));
  const side = call.name.includes("max") ? -1 : 1;
  const compare = (a: Row, b: Row): number => side * byOrder(a, b) || tie(a, b);
  return {
    input(row) {
      const values = project(row);
      return values[0] === null && !keepsNull ? null : values;
    },
    create: () => new FirstOfPairs(compare),
  };
}

/** Rows [x, by], or NULL for a row that does not count. */
function pairInput(argument: Expression, by: Expression, rows: RowCompiler, keepsNull: boolean): (row: Row) => Value {
  const argumentOf = rows.value(argument);
  const byOf = rows.value(by);
  return (row) => {
    const order = byOf(row);
    if (order === null) return null;
    const value = argumentOf(row);
    return value === null && !keepsNull ? null : [value, order];
  };
}

function comparePairs(argument: Expression, by: Expression, rows: RowCompiler, greatest: boolean): (a: Row, b: Row) => number {
  const byValue = rows.compareValues(by.type);
  const tie = rows.compareRows([argument.type, by.type]);
  return (a, b) => (greatest ? byValue(b[1] as Value, a[1] as Value) : byValue(a[1] as Value, b[1] as Value)) || tie(a, b);
}

class FirstOfPairs implements Accumulator {
  private readonly pairs: SortedRows;

  constructor(compare: (a: Row, b: Row) => number) {
    this.pairs = new SortedRows(compare);
  }

  add(value: Value, weight: number): void {
    this.pairs.add(value as Row, weight);
  }

  result(): Value {
    return this.pairs.first()?.[0] ?? null;
  }
}
