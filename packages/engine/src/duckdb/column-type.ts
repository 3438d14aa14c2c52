import {
  BIGINT,
  BLOB,
  BOOLEAN,
  DATE,
  DECIMAL,
  DOUBLE,
  DuckDBTypeId,
  FLOAT,
  INTEGER,
  INTERVAL,
  LIST,
  MAP,
  SMALLINT,
  STRUCT,
  TIME,
  TIMESTAMP,
  TIMESTAMPTZ,
  TINYINT,
  UBIGINT,
  UINTEGER,
  USMALLINT,
  UTINYINT,
  UUID,
  VARCHAR,
  type DuckDBArrayType,
  type DuckDBDecimalType,
  type DuckDBListType,
  type DuckDBMapType,
  type DuckDBStructType,
  type DuckDBType,
} from "@duckdb/node-api";
import type { ColumnType, Field, SqlTypeName } from "../types.ts";
import { quoteIdentifier } from "./quote.ts";

interface Mapped {
  readonly sql: string;
  readonly type: DuckDBType;
}
const mapped: Readonly<Partial<Record<SqlTypeName, Mapped>>> = {
  BOOLEAN: { sql: "BOOLEAN", type: BOOLEAN },
  TINYINT: { sql: "TINYINT", type: TINYINT },
  SMALLINT: { sql: "SMALLINT", type: SMALLINT },
  INTEGER: { sql: "INTEGER", type: INTEGER },
  BIGINT: { sql: "BIGINT", type: BIGINT },
  UTINYINT: { sql: "UTINYINT", type: UTINYINT },
  USMALLINT: { sql: "USMALLINT", type: USMALLINT },
  UINTEGER: { sql: "UINTEGER", type: UINTEGER },
  UBIGINT: { sql: "UBIGINT", type: UBIGINT },
  REAL: { sql: "FLOAT", type: FLOAT },
  DOUBLE: { sql: "DOUBLE", type: DOUBLE },
  CHAR: { sql: "VARCHAR", type: VARCHAR },
  VARCHAR: { sql: "VARCHAR", type: VARCHAR },
  BINARY: { sql: "BLOB", type: BLOB },
  VARBINARY: { sql: "BLOB", type: BLOB },
  DATE: { sql: "DATE", type: DATE },
  TIME: { sql: "TIME", type: TIME },
  TIMESTAMP: { sql: "TIMESTAMP", type: TIMESTAMP },
  TIMESTAMP_TZ: { sql: "TIMESTAMPTZ", type: TIMESTAMPTZ },
  UUID: { sql: "UUID", type: UUID },
  VARIANT: { sql: "JSON", type: VARCHAR },
  NULL: { sql: "INTEGER", type: INTEGER },
};

/** The DuckDB type that holds a column, as SQL. */
export function duckdbTypeSql(type: ColumnType): string {
  switch (type.type) {
    case "DECIMAL":
      return `DECIMAL(${type.precision ?? 38},${type.scale ?? 0})`;
    case "ARRAY":
      return `${duckdbTypeSql(component(type))}[]`;
    case "MAP":
      return `MAP(${duckdbTypeSql(part(type.key))}, ${duckdbTypeSql(part(type.value))})`;
    case "STRUCT":
      return `STRUCT(${fieldsOf(type)
        .map((field) => `${quoteIdentifier(field.name)} ${duckdbTypeSql(field.columnType)}`)
        .join(", ")})`;
    default:
      return mapped[type.type]?.sql ?? "INTERVAL";
  }
}

/** The DuckDB type that holds a column, for writing data chunks. */
export function duckdbType(type: ColumnType): DuckDBType {
  switch (type.type) {
    case "DECIMAL":
      return DECIMAL(type.precision ?? 38, type.scale ?? 0);
    case "ARRAY":
      return LIST(duckdbType(component(type)));
    case "MAP":
      return MAP(duckdbType(part(type.key)), duckdbType(part(type.value)));
    case "STRUCT":
      return STRUCT(Object.fromEntries(fieldsOf(type).map((field) => [field.name, duckdbType(field.columnType)])));
    default:
      return mapped[type.type]?.type ?? INTERVAL;
  }
}

const part = (type: ColumnType | undefined): ColumnType => {
  if (type === undefined) throw new TypeError("A nested column type lacks one of its parts");
  return type;
};
const component = (type: ColumnType): ColumnType => part(type.component);
const fieldsOf = (type: ColumnType): readonly Field[] => type.fields ?? [];

const nullable = true;
const plain: Readonly<Partial<Record<DuckDBTypeId, ColumnType>>> = {
  [DuckDBTypeId.BOOLEAN]: { type: "BOOLEAN", nullable },
  [DuckDBTypeId.TINYINT]: { type: "TINYINT", nullable },
  [DuckDBTypeId.SMALLINT]: { type: "SMALLINT", nullable },
  [DuckDBTypeId.INTEGER]: { type: "INTEGER", nullable },
  [DuckDBTypeId.BIGINT]: { type: "BIGINT", nullable },
  [DuckDBTypeId.UTINYINT]: { type: "UTINYINT", nullable },
  [DuckDBTypeId.USMALLINT]: { type: "USMALLINT", nullable },
  [DuckDBTypeId.UINTEGER]: { type: "UINTEGER", nullable },
  [DuckDBTypeId.UBIGINT]: { type: "UBIGINT", nullable },
  // What DuckDB makes of sum(INTEGER). The dialect keeps sums of integers integer, with overflow a runtime fault; a program
  // that needs more digits sums a DECIMAL.
  [DuckDBTypeId.HUGEINT]: { type: "BIGINT", nullable },
  // Wider than any published type: a value of more than 38 digits is a runtime fault, never a rounded number.
  [DuckDBTypeId.UHUGEINT]: { type: "DECIMAL", nullable, precision: 38, scale: 0 },
  [DuckDBTypeId.FLOAT]: { type: "REAL", nullable },
  [DuckDBTypeId.DOUBLE]: { type: "DOUBLE", nullable },
  [DuckDBTypeId.VARCHAR]: { type: "VARCHAR", nullable, precision: -1 },
  [DuckDBTypeId.ENUM]: { type: "VARCHAR", nullable, precision: -1 },
  [DuckDBTypeId.BIT]: { type: "VARCHAR", nullable, precision: -1 },
  [DuckDBTypeId.BLOB]: { type: "VARBINARY", nullable, precision: -1 },
  [DuckDBTypeId.DATE]: { type: "DATE", nullable },
  [DuckDBTypeId.TIME]: { type: "TIME", nullable, precision: 6 },
  [DuckDBTypeId.TIME_NS]: { type: "TIME", nullable, precision: 6 },
  [DuckDBTypeId.TIMESTAMP]: { type: "TIMESTAMP", nullable, precision: 6 },
  [DuckDBTypeId.TIMESTAMP_S]: { type: "TIMESTAMP", nullable, precision: 6 },
  [DuckDBTypeId.TIMESTAMP_MS]: { type: "TIMESTAMP", nullable, precision: 6 },
  [DuckDBTypeId.TIMESTAMP_NS]: { type: "TIMESTAMP", nullable, precision: 6 },
  [DuckDBTypeId.TIMESTAMP_TZ]: { type: "TIMESTAMP_TZ", nullable, precision: 6 },
  [DuckDBTypeId.INTERVAL]: { type: "INTERVAL_DAY_SECOND", nullable },
  [DuckDBTypeId.UUID]: { type: "UUID", nullable },
  [DuckDBTypeId.VARIANT]: { type: "VARIANT", nullable },
  [DuckDBTypeId.SQLNULL]: { type: "INTEGER", nullable },
};

/** The published type of a DuckDB expression, or undefined when there is none (TIMETZ, BIGNUM, UNION, GEOMETRY). */
export function fromDuckDBType(type: DuckDBType): ColumnType | undefined {
  switch (type.typeId) {
    case DuckDBTypeId.VARCHAR:
      return type.alias === "JSON" ? { type: "VARIANT", nullable } : plain[type.typeId];
    case DuckDBTypeId.DECIMAL: {
      const decimal = type as DuckDBDecimalType;
      return { type: "DECIMAL", nullable, precision: decimal.width, scale: decimal.scale };
    }
    case DuckDBTypeId.LIST:
    case DuckDBTypeId.ARRAY: {
      const inner = fromDuckDBType((type as DuckDBListType | DuckDBArrayType).valueType);
      return inner && { type: "ARRAY", nullable, component: inner };
    }
    case DuckDBTypeId.MAP: {
      const map = type as DuckDBMapType;
      const key = fromDuckDBType(map.keyType);
      const value = fromDuckDBType(map.valueType);
      return key && value && { type: "MAP", nullable, key: { ...key, nullable: false }, value };
    }
    case DuckDBTypeId.STRUCT:
      return structType(type as DuckDBStructType);
    default:
      return plain[type.typeId];
  }
}

function structType(type: DuckDBStructType): ColumnType | undefined {
  const fields: Field[] = [];
  for (const [i, given] of type.entryNames.entries()) {
    // row(1, 'a') has no field names, but a row that is stored and sent needs them.
    const name = given === "" ? `EXPR$${i}` : given;
    const columnType = fromDuckDBType(type.entryTypes[i]!);
    if (columnType === undefined) return undefined;
    // DuckDB keeps no trace of quoting; a field that has upper-case letters can only be reached by its exact name.
    fields.push({ name, caseSensitive: name !== name.toLowerCase(), columnType, unused: false });
  }
  return { type: "STRUCT", nullable, fields };
}

/** A type as people write it, for messages. */
export function formatType(type: ColumnType): string {
  switch (type.type) {
    case "DECIMAL":
      return `DECIMAL(${type.precision ?? 38}, ${type.scale ?? 0})`;
    case "CHAR":
    case "VARCHAR":
    case "BINARY":
    case "VARBINARY":
      return type.precision === undefined || type.precision < 0 ? type.type : `${type.type}(${type.precision})`;
    case "ARRAY":
      return `${formatType(component(type))} ARRAY`;
    case "MAP":
      return `MAP<${formatType(part(type.key))}, ${formatType(part(type.value))}>`;
    case "STRUCT":
      return `ROW(${fieldsOf(type)
        .map((field) => `${field.name} ${formatType(field.columnType)}`)
        .join(", ")})`;
    case "TIMESTAMP_TZ":
      return "TIMESTAMP WITH TIME ZONE";
    default:
      return type.type.startsWith("INTERVAL_") ? `INTERVAL ${type.type.slice("INTERVAL_".length).replace("_", " TO ")}` : type.type;
  }
}
