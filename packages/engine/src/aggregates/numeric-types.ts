import type { PlanTypeId } from "../plan/types.ts";

/** Integers that are a `number` in a row. */
export const smallIntegers: ReadonlySet<PlanTypeId> = new Set(["TINYINT", "SMALLINT", "INTEGER", "UTINYINT", "USMALLINT", "UINTEGER"]);
/** Integers that are a `bigint` in a row. */
export const largeIntegers: ReadonlySet<PlanTypeId> = new Set(["BIGINT", "UBIGINT", "HUGEINT", "UHUGEINT"]);
export const floats: ReadonlySet<PlanTypeId> = new Set(["FLOAT", "DOUBLE"]);
