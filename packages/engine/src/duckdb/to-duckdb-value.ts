import {
  DuckDBBlobValue,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBIntervalValue,
  DuckDBListValue,
  DuckDBMapValue,
  DuckDBStructValue,
  DuckDBTimeValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  DuckDBUUIDValue,
  type DuckDBValue,
} from "@duckdb/node-api";
import type { ColumnType, Interval, Value } from "../types.ts";
import { formatType } from "./column-type.ts";

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/**
 * A canonical value as DuckDB's binding takes it.
 *
 * @throws TypeError when the value does not have the canonical form of the type.
 */
export function toDuckDBValue(value: Value | undefined, type: ColumnType): DuckDBValue {
  if (value === null || value === undefined) return null;
  switch (type.type) {
    case "BOOLEAN":
      return typeof value === "boolean" ? value : mismatch(value, type);
    case "TINYINT":
    case "SMALLINT":
    case "INTEGER":
    case "UTINYINT":
    case "USMALLINT":
    case "UINTEGER":
    case "REAL":
    case "DOUBLE":
    case "NULL":
      return typeof value === "number" ? value : mismatch(value, type);
    case "BIGINT":
    case "UBIGINT":
      return typeof value === "bigint" ? value : mismatch(value, type);
    case "DECIMAL":
      return decimalValue(value, type);
    case "CHAR":
    case "VARCHAR":
    case "VARIANT":
      return typeof value === "string" ? value : mismatch(value, type);
    case "UUID":
      if (typeof value !== "string" || !uuidPattern.test(value)) return mismatch(value, type);
      return DuckDBUUIDValue.fromUint128(BigInt(`0x${value.replaceAll("-", "")}`));
    case "BINARY":
    case "VARBINARY":
      return value instanceof Uint8Array ? new DuckDBBlobValue(value) : mismatch(value, type);
    case "DATE":
      return typeof value === "number" ? new DuckDBDateValue(value) : mismatch(value, type);
    case "TIME":
      return typeof value === "bigint" ? timeValue(value, type) : mismatch(value, type);
    case "TIMESTAMP":
      return typeof value === "bigint" ? new DuckDBTimestampValue(value) : mismatch(value, type);
    case "TIMESTAMP_TZ":
      return typeof value === "bigint" ? new DuckDBTimestampTZValue(value) : mismatch(value, type);
    case "ARRAY":
      return new DuckDBListValue(arrayOf(value, type).map((item) => toDuckDBValue(item, type.component!)));
    case "STRUCT":
      return structValue(arrayOf(value, type), type);
    case "MAP":
      return mapValue(arrayOf(value, type), type);
    default:
      return intervalValue(value, type);
  }
}

function mismatch(value: Value, type: ColumnType): never {
  throw new TypeError(`a ${describe(value)} is not a ${formatType(type)}`);
}

function describe(value: Value): string {
  if (typeof value === "object") return value instanceof Uint8Array ? "byte string" : "structured value";
  const text = String(value);
  return `${typeof value} (${text.length > 40 ? `${text.slice(0, 40)}…` : text})`;
}

function arrayOf(value: Value, type: ColumnType): readonly Value[] {
  return Array.isArray(value) ? (value as readonly Value[]) : mismatch(value, type);
}

function decimalValue(value: Value, type: ColumnType): DuckDBDecimalValue {
  if (typeof value !== "bigint") return mismatch(value, type);
  const precision = type.precision ?? 38;
  const limit = decimalLimits[precision]!;
  if (value >= limit || value <= -limit) throw new RangeError(`${value} has more than ${precision} digits`);
  return new DuckDBDecimalValue(value, precision, type.scale ?? 0);
}
const decimalLimits = Array.from({ length: 39 }, (_, digits) => 10n ** BigInt(digits));

function timeValue(value: bigint, type: ColumnType): DuckDBTimeValue {
  if (value < 0n || value > 86_400_000_000n) return mismatch(value, type);
  return new DuckDBTimeValue(value);
}

function structValue(values: readonly Value[], type: ColumnType): DuckDBStructValue {
  const fields = type.fields ?? [];
  if (values.length !== fields.length) return mismatch(values, type);
  const entries: Record<string, DuckDBValue> = {};
  for (const [i, field] of fields.entries()) entries[field.name] = toDuckDBValue(values[i], field.columnType);
  return new DuckDBStructValue(entries);
}

function mapValue(pairs: readonly Value[], type: ColumnType): DuckDBMapValue {
  return new DuckDBMapValue(
    pairs.map((pair) => {
      if (!Array.isArray(pair) || pair.length !== 2) return mismatch(pairs, type);
      const [key, value] = pair as unknown as readonly [Value, Value];
      if (key === null) throw new TypeError("a MAP key must not be NULL");
      return { key: toDuckDBValue(key, type.key!), value: toDuckDBValue(value, type.value!) };
    }),
  );
}

function intervalValue(value: Value, type: ColumnType): DuckDBIntervalValue {
  const interval = value as Interval;
  if (typeof value !== "object" || typeof interval?.micros !== "bigint") return mismatch(value, type);
  return new DuckDBIntervalValue(interval.months, interval.days, interval.micros);
}
