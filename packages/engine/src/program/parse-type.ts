import type { ColumnType, Field, SqlTypeName } from "../types.ts";
import type { Cursor } from "./cursor.ts";
import { compileError, unsupported } from "./source-text.ts";

const simpleTypes: Readonly<Record<string, SqlTypeName>> = {
  BOOLEAN: "BOOLEAN", BOOL: "BOOLEAN",
  TINYINT: "TINYINT", INT1: "TINYINT",
  SMALLINT: "SMALLINT", INT2: "SMALLINT",
  INTEGER: "INTEGER", INT: "INTEGER", SIGNED: "INTEGER", INT4: "INTEGER",
  BIGINT: "BIGINT", INT8: "BIGINT", INT64: "BIGINT",
  UTINYINT: "UTINYINT", USMALLINT: "USMALLINT", UINTEGER: "UINTEGER", UBIGINT: "UBIGINT", UNSIGNED: "UINTEGER",
  REAL: "REAL", FLOAT4: "REAL", FLOAT32: "REAL",
  DOUBLE: "DOUBLE", FLOAT8: "DOUBLE", FLOAT64: "DOUBLE",
  DECIMAL: "DECIMAL", DEC: "DECIMAL", NUMERIC: "DECIMAL", NUMBER: "DECIMAL",
  CHAR: "CHAR", CHARACTER: "CHAR", VARCHAR: "VARCHAR", TEXT: "VARCHAR", STRING: "VARCHAR",
  BINARY: "BINARY", VARBINARY: "VARBINARY", BYTEA: "VARBINARY",
  DATE: "DATE", TIME: "TIME", TIMESTAMP: "TIMESTAMP", DATETIME: "TIMESTAMP",
  UUID: "UUID", VARIANT: "VARIANT",
  // JSON is not a Feldera type; it is read as VARIANT, which is what Feldera keeps JSON in.
  JSON: "VARIANT",
}; // prettier-ignore
const unsigned: Readonly<Partial<Record<SqlTypeName, SqlTypeName>>> = {
  TINYINT: "UTINYINT",
  SMALLINT: "USMALLINT",
  INTEGER: "UINTEGER",
  BIGINT: "UBIGINT",
};
const intervals = new Set([
  "DAY", "DAY_HOUR", "DAY_MINUTE", "DAY_SECOND", "HOUR", "HOUR_MINUTE", "HOUR_SECOND", "MINUTE", "MINUTE_SECOND",
  "MONTH", "SECOND", "YEAR", "YEAR_MONTH",
]); // prettier-ignore
const maxDecimalPrecision = 38;

/** Parses a column type; it comes out nullable, the caller applies `NOT NULL`. */
export function parseType(cursor: Cursor): ColumnType {
  let type = parseBaseType(cursor);
  for (;;) {
    if (cursor.accept("ARRAY")) type = arrayOf(type);
    else if (cursor.atPunctuation("[")) {
      cursor.next();
      cursor.expectPunctuation("]");
      type = arrayOf(type);
    } else return type;
  }
}

const arrayOf = (component: ColumnType): ColumnType => ({ type: "ARRAY", nullable: true, component });

function parseBaseType(cursor: Cursor): ColumnType {
  const token = cursor.peek();
  if (token.kind !== "word") throw cursor.fail("a type");
  if (token.value === "FLOAT")
    throw unsupported("The FLOAT type is not supported because dialects disagree on its size: use REAL or DOUBLE", token);
  cursor.next();
  if (token.value === "MAP") return parseMap(cursor);
  if (token.value === "ROW") return parseRow(cursor);
  if (token.value === "INTERVAL") return parseInterval(cursor);
  const name = simpleTypes[token.value];
  if (name === undefined) throw compileError(`Unknown type '${token.text}'`, token);
  switch (name) {
    case "DECIMAL":
      return parseDecimal(cursor);
    case "CHAR":
      return cursor.accept("VARYING") ? text(cursor, "VARCHAR", -1) : text(cursor, "CHAR", 1);
    case "VARCHAR":
      return text(cursor, "VARCHAR", -1);
    case "BINARY":
      return cursor.accept("VARYING") ? text(cursor, "VARBINARY", -1) : text(cursor, "BINARY", 1);
    case "VARBINARY":
      return text(cursor, "VARBINARY", -1);
    case "DOUBLE":
      cursor.accept("PRECISION");
      return { type: "DOUBLE", nullable: true };
    case "TIME":
    case "TIMESTAMP":
      return parseTime(cursor, name);
    default: {
      const wide = unsigned[name];
      return { type: wide !== undefined && cursor.accept("UNSIGNED") ? wide : name, nullable: true };
    }
  }
}

function text(cursor: Cursor, type: SqlTypeName, otherwise: number): ColumnType {
  if (!cursor.acceptPunctuation("(")) return { type, nullable: true, precision: otherwise };
  const token = cursor.peek();
  const precision = cursor.integer("a length");
  if (precision < 1) throw compileError("A length must be at least 1", token);
  cursor.expectPunctuation(")");
  return { type, nullable: true, precision };
}

function parseDecimal(cursor: Cursor): ColumnType {
  let precision = maxDecimalPrecision;
  let scale = 0;
  if (cursor.acceptPunctuation("(")) {
    const token = cursor.peek();
    precision = cursor.integer("a precision");
    if (precision < 1 || precision > maxDecimalPrecision)
      throw compileError(`DECIMAL precision must be between 1 and ${maxDecimalPrecision}, not ${precision}`, token);
    if (cursor.acceptPunctuation(",")) {
      const scaleToken = cursor.peek();
      scale = cursor.integer("a scale");
      if (scale > precision) throw compileError(`DECIMAL scale ${scale} is larger than its precision ${precision}`, scaleToken);
    }
    cursor.expectPunctuation(")");
  }
  return { type: "DECIMAL", nullable: true, precision, scale };
}

function parseTime(cursor: Cursor, name: "TIME" | "TIMESTAMP"): ColumnType {
  let precision = 6;
  if (cursor.acceptPunctuation("(")) {
    const token = cursor.peek();
    precision = cursor.integer("a number of fractional digits");
    if (precision > 6) throw compileError(`${name} keeps at most 6 fractional digits, not ${precision}`, token);
    cursor.expectPunctuation(")");
  }
  cursor.accept("WITHOUT", "TIME", "ZONE");
  const zone = cursor.peek();
  if (!cursor.accept("WITH", "TIME", "ZONE")) return { type: name, nullable: true, precision };
  if (name === "TIME") throw unsupported("TIME WITH TIME ZONE is not supported", zone);
  return { type: "TIMESTAMP_TZ", nullable: true, precision };
}

function parseInterval(cursor: Cursor): ColumnType {
  const token = cursor.peek();
  const first = cursor.identifier("an interval unit such as DAY").name.toUpperCase();
  const unit = cursor.accept("TO") ? `${first}_${cursor.identifier("an interval unit").name.toUpperCase()}` : first;
  if (!intervals.has(unit)) throw compileError(`Unknown interval ${unit.replace("_", " TO ")}`, token);
  return { type: `INTERVAL_${unit}` as SqlTypeName, nullable: true };
}

function parseMap(cursor: Cursor): ColumnType {
  cursor.expectPunctuation("<");
  const key = { ...parseType(cursor), nullable: false };
  cursor.expectPunctuation(",");
  const value = parseType(cursor);
  cursor.expectPunctuation(">");
  return { type: "MAP", nullable: true, key, value };
}

function parseRow(cursor: Cursor): ColumnType {
  cursor.expectPunctuation("(");
  const fields: Field[] = [];
  do {
    const { token, ...name } = cursor.identifier("a field name");
    if (fields.some((field) => field.name.toLowerCase() === name.name.toLowerCase()))
      throw compileError(`Field '${name.name}' is declared twice in this ROW`, token);
    const type = parseType(cursor);
    const nullable = !cursor.accept("NOT", "NULL");
    if (nullable) cursor.accept("NULL");
    fields.push({ ...name, columnType: { ...type, nullable }, unused: false });
  } while (cursor.acceptPunctuation(","));
  cursor.expectPunctuation(")");
  return { type: "STRUCT", nullable: true, fields };
}
