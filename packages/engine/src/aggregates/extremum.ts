import type { RowCompiler } from "../expression/row-compiler.ts";
import type { AggregateCall, PlanType } from "../plan/types.ts";
import { Unsupported } from "../plan/unsupported.ts";
import type { Value } from "../types.ts";
import type { AggregateFunction, BoundAggregate } from "./accumulator.ts";
import { onlyArgument, requireIdentity } from "./argument.ts";
import { ValueCounts } from "./value-counts.ts";

/** min(x) in the type's SQL order: NaN is greatest, text is compared by its bytes. */
export const min: AggregateFunction = {
  names: ["min"],
  signature: "min(scalar)",
  bind: (call, rows) => bindExtremum(call, rows, 1),
};

/** max(x) in the type's SQL order: NaN is greatest, text is compared by its bytes. */
export const max: AggregateFunction = {
  names: ["max"],
  signature: "max(scalar)",
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
  if (!selfIdentifying.has(argument.type.id)) throw new Unsupported(`aggregate ${call.name} of ${argument.type.id}`);
  const order = rows.compareValues(argument.type);
  const compare = direction === 1 ? order : (a: Value, b: Value): number => order(b, a);
  const value = rows.value(argument);
  return { input: value, create: () => new ValueCounts(compare) };
}
