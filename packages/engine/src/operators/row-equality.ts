import type { RowCompiler } from "../expression/row-compiler.ts";
import type { PlanType, PlanTypeId } from "../plan/types.ts";
import type { Row } from "../types.ts";

/** Types whose values are the same exactly when `===` says so. Not FLOAT and DOUBLE: NaN. */
const plain: ReadonlySet<PlanTypeId> = new Set<PlanTypeId>([
  "BOOLEAN",
  "TINYINT",
  "SMALLINT",
  "INTEGER",
  "BIGINT",
  "HUGEINT",
  "UTINYINT",
  "USMALLINT",
  "UINTEGER",
  "UBIGINT",
  "UHUGEINT",
  "DECIMAL",
  "VARCHAR",
  "UUID",
  "DATE",
  "TIME",
  "TIMESTAMP",
  "TIMESTAMP_TZ",
]);

/** Whether two rows of these types are the same by value: what `RowCompiler.rowKey` says, without building keys. */
export function createRowEquality(types: readonly PlanType[], rows: RowCompiler): (a: Row, b: Row) => boolean {
  const special = types.flatMap((type, column) => (plain.has(type.id) ? [] : [{ column, same: rows.sameValue(type) }]));
  const columns = types.flatMap((type, column) => (plain.has(type.id) ? [column] : []));
  return (a, b) => {
    if (a === b) return true;
    for (const column of columns) if (a[column] !== b[column]) return false;
    for (const { column, same } of special) {
      const x = a[column]!;
      const y = b[column]!;
      if (x !== y && !same(x, y)) return false;
    }
    return true;
  };
}
