import type { PlanType } from "../../plan/types.ts";
import type { Value } from "../../types.ts";

const identical = new Set([
  "BOOLEAN", "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "DECIMAL",
  "VARCHAR", "UUID", "DATE", "TIME", "TIMESTAMP", "TIMESTAMP_TZ",
]); // prettier-ignore

/** Whether two values of a type that are not NULL are one; undefined for types that are not proven. */
export function elementEquality(type: PlanType | undefined): ((a: Value, b: Value) => boolean) | undefined {
  if (type === undefined) return undefined;
  if (identical.has(type.id)) return (a, b) => a === b;
  // As in SQL: NaN equals NaN, and 0 equals -0.
  return type.id === "DOUBLE" || type.id === "FLOAT" ? (a, b) => a === b || (Number.isNaN(a) && Number.isNaN(b)) : undefined;
}
