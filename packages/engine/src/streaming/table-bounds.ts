import type { ColumnType, Table } from "../types.ts";
import type { Bound, Bounds, Ordered } from "./bound.ts";
import type { Watermark } from "./watermarks.ts";

/** What is known of a table's columns: no change of a row behind a watermark is taken. */
export function tableBounds({ fields }: Table, watermarks: readonly Watermark[]): Bounds {
  return new Map(watermarks.map((watermark) => [watermark.column, boundOf(watermark, fields[watermark.column]!.columnType)]));
}

/** A watermark near the beginning may lie below all values of its type, where no function of the type is defined. */
function boundOf(watermark: Watermark, type: ColumnType): Bound {
  const least = leastOf(type);
  return {
    now() {
      const { value } = watermark;
      return value === undefined || (least !== undefined && value < least) ? undefined : value;
    },
  };
}

const infiniteDate = -(2 ** 31 - 1);
const infiniteTimestamp = -(2n ** 63n - 1n);

/** The least value of a type that is finite; undefined where each number is one. */
function leastOf({ type }: ColumnType): Ordered | undefined {
  switch (type) {
    case "TINYINT":
      return -(2 ** 7);
    case "SMALLINT":
      return -(2 ** 15);
    case "INTEGER":
      return -(2 ** 31);
    case "BIGINT":
      return -(2n ** 63n);
    case "DATE":
      return infiniteDate + 1;
    case "TIMESTAMP":
    case "TIMESTAMP_TZ":
      return infiniteTimestamp + 1n;
    case "UTINYINT":
    case "USMALLINT":
    case "UINTEGER":
    case "UBIGINT":
    case "TIME":
      return 0;
    default:
      return undefined;
  }
}
