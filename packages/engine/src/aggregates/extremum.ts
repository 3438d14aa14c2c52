import type { RowCompiler } from "../expression/row-compiler.ts";
import type { AggregateCall, PlanType } from "../plan/types.ts";
import type { Row, Value } from "../types.ts";
import type { Accumulator, AggregateFunction, BoundAggregate } from "./accumulator.ts";
import { onlyArgument, requireIdentity } from "./argument.ts";
import { SortedRows } from "./sorted-rows.ts";
import { ValueCounts } from "./value-counts.ts";

/** min(x) in the type's SQL order: NaN is greatest, text is compared by its bytes. */
export const min: AggregateFunction = {
  names: ["min"],
  signature: "min(any)",
  bind: (call, rows) => bindExtremum(call, rows, 1),
};

/** max(x) in the type's SQL order: NaN is greatest, text is compared by its bytes. */
export const max: AggregateFunction = {
  names: ["max"],
  signature: "max(any)",
  bind: (call, rows) => bindExtremum(call, rows, -1),
};

/** Types whose values identify themselves in a Map. */
const selfIdentifying = new Set<PlanType["id"]>([
  ...(["BOOLEAN", "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT"] as const),
  ...(["UHUGEINT", "FLOAT", "DOUBLE", "DECIMAL", "VARCHAR", "JSON", "UUID", "DATE", "TIME", "TIMESTAMP", "TIMESTAMP_TZ"] as const),
]);

function bindExtremum(call: AggregateCall, rows: RowCompiler, direction: 1 | -1): BoundAggregate {
  const argument = onlyArgument(call);
  requireIdentity(argument.type, call.name);
  const order = rows.compareValues(argument.type);
  const compare = direction === 1 ? order : (a: Value, b: Value): number => order(b, a);
  const value = rows.value(argument);
  if (selfIdentifying.has(argument.type.id)) return { input: value, create: () => new ValueCounts(compare) };
  const compareRows = (a: Row, b: Row): number => compare(a[0] as Value, b[0] as Value);
  return { input: value, create: () => new FirstValue(compareRows) };
}

/** Lists, structs and byte strings: values that a Map does not tell apart by themselves. */
class FirstValue implements Accumulator {
  private readonly values: SortedRows;

  constructor(compare: (a: Row, b: Row) => number) {
    this.values = new SortedRows(compare);
  }

  add(value: Value, weight: number): void {
    this.values.add([value], weight);
  }

  result(): Value {
    return this.values.first()?.[0] ?? null;
  }
}
