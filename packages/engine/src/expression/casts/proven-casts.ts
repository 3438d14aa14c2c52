import type { PlanType, PlanTypeId } from "../../plan/types.ts";
import { findCast } from "./find-cast.ts";

/** A pair of types whose cast is proven, by DuckDB's names. */
export interface ProvenCast {
  readonly from: PlanTypeId;
  readonly to: PlanTypeId;
}

const ids: readonly PlanTypeId[] = [
  "BOOLEAN", "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "FLOAT", "DOUBLE",
  "DECIMAL", "VARCHAR", "JSON", "BLOB", "UUID", "DATE", "TIME", "TIMESTAMP", "TIMESTAMP_TZ", "INTERVAL",
]; // prettier-ignore

const typeOf = (id: PlanTypeId): PlanType => (id === "DECIMAL" ? { id, width: 18, scale: 3 } : { id });

/** Every proven cast between different types, for the documentation; casts between DECIMALs are proven as well. */
export const provenCasts: readonly ProvenCast[] = ids.flatMap((from) =>
  ids.filter((to) => to !== from && findCast(typeOf(from), typeOf(to)) !== undefined).map((to) => ({ from, to })),
);
