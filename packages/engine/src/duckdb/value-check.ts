import type { ColumnType, Value } from "../types.ts";
import { formatType } from "./column-type.ts";
import { toDuckDBValue } from "./to-duckdb-value.ts";

/**
 * Gives a value as its column keeps it: what DuckDB would store and give back.
 *
 * @throws TypeError | RangeError when the column cannot hold it
 */
export type ValueCheck = (value: Value | undefined) => Value;

/** The check of one column: the same judgement as writing the value, without writing it. */
export function createValueCheck(type: ColumnType): ValueCheck {
  const check = notNullCheck(type);
  return (value) => {
    if (value !== null && value !== undefined) return check(value);
    if (!type.nullable) throw new TypeError("NULL in a NOT NULL column");
    return null;
  };
}

function notNullCheck(type: ColumnType): (value: Value) => Value {
  switch (type.type) {
    case "BOOLEAN":
      return (value) => (typeof value === "boolean" ? value : refuse(value, type));
    case "TINYINT":
      return integerCheck(type, -0x80, 0x7f);
    case "SMALLINT":
      return integerCheck(type, -0x8000, 0x7fff);
    case "INTEGER":
    case "DATE":
    case "NULL":
      return integerCheck(type, -0x80000000, 0x7fffffff);
    case "UTINYINT":
      return integerCheck(type, 0, 0xff);
    case "USMALLINT":
      return integerCheck(type, 0, 0xffff);
    case "UINTEGER":
      return integerCheck(type, 0, 0xffffffff);
    case "REAL":
      return (value) => (typeof value === "number" ? Math.fround(value) : refuse(value, type));
    case "DOUBLE":
      return (value) => (typeof value === "number" ? value : refuse(value, type));
    case "BIGINT":
    case "TIMESTAMP":
    case "TIMESTAMP_TZ":
      return bigintCheck(type, -(2n ** 63n), 2n ** 63n - 1n);
    case "UBIGINT":
      return bigintCheck(type, 0n, 2n ** 64n - 1n);
    case "TIME":
      return bigintCheck(type, 0n, 86_400_000_000n);
    case "DECIMAL": {
      const limit = 10n ** BigInt(type.precision ?? 38);
      return bigintCheck(type, 1n - limit, limit - 1n);
    }
    case "CHAR":
    case "VARCHAR":
    case "VARIANT":
      // DuckDB keeps UTF-8, in which half a surrogate pair cannot be written.
      return (value) => (typeof value !== "string" ? refuse(value, type) : value.isWellFormed() ? value : value.toWellFormed());
    case "UUID":
      return (value) => {
        toDuckDBValue(value, type);
        return (value as string).toLowerCase();
      };
    default:
      return (value) => {
        toDuckDBValue(value, type);
        return value;
      };
  }
}

/**
 * The first row from `from` on whose cell is not plainly as its column keeps it, or the number of rows: a quick look that spares most
 * cells the check.
 */
export type ColumnScan = (rows: readonly (readonly (Value | undefined)[])[], column: number, from: number) => number;

/** A loop for one type of values. NULL and everything unusual is left to the check. */
export function createColumnScan(type: ColumnType): ColumnScan {
  switch (type.type) {
    case "TINYINT":
      return integerScan(-0x80, 0x7f);
    case "SMALLINT":
      return integerScan(-0x8000, 0x7fff);
    case "INTEGER":
    case "DATE":
      return integerScan(-0x80000000, 0x7fffffff);
    case "DOUBLE":
      return (rows, column, from) => {
        let i = from;
        while (i < rows.length && typeof rows[i]![column] === "number") i++;
        return i;
      };
    case "BIGINT":
    case "TIMESTAMP":
    case "TIMESTAMP_TZ":
      return bigintScan(-(2n ** 63n), 2n ** 63n - 1n);
    case "DECIMAL": {
      const limit = 10n ** BigInt(type.precision ?? 38);
      return bigintScan(1n - limit, limit - 1n);
    }
    case "CHAR":
    case "VARCHAR":
    case "VARIANT":
      return (rows, column, from) => {
        let i = from;
        for (; i < rows.length; i++) {
          const value = rows[i]![column];
          if (typeof value !== "string" || !value.isWellFormed()) break;
        }
        return i;
      };
    default:
      return (_rows, _column, from) => from;
  }
}

function integerScan(low: number, high: number): ColumnScan {
  return (rows, column, from) => {
    let i = from;
    for (; i < rows.length; i++) {
      const value = rows[i]![column];
      if (typeof value !== "number" || !(value >= low && value <= high) || !Number.isInteger(value)) break;
    }
    return i;
  };
}

function bigintScan(low: bigint, high: bigint): ColumnScan {
  return (rows, column, from) => {
    let i = from;
    for (; i < rows.length; i++) {
      const value = rows[i]![column];
      if (typeof value !== "bigint" || value < low || value > high) break;
    }
    return i;
  };
}

function integerCheck(type: ColumnType, low: number, high: number): (value: Value) => Value {
  return (value) => (typeof value === "number" && value >= low && value <= high && Number.isInteger(value) ? value : refuse(value, type));
}

function bigintCheck(type: ColumnType, low: bigint, high: bigint): (value: Value) => Value {
  return (value) => (typeof value === "bigint" && value >= low && value <= high ? value : refuse(value, type));
}

/** Throws the error that the value's full conversion would give. */
function refuse(value: Value, type: ColumnType): never {
  toDuckDBValue(value, type);
  throw new RangeError(`${typeof value === "object" ? "the value" : String(value)} is out of range for ${formatType(type)}`);
}
