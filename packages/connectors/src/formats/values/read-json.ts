import type { ColumnType, Value } from "@headgate/engine";
import { bigintRanges, numberRanges } from "./integer-range.ts";
import { parseDecimal } from "./decimal.ts";
import { parseDate, parseTime, parseTimestamp } from "./parse-temporal.ts";
import { parseInterval } from "./interval.ts";
import { parseUuid } from "./uuid.ts";
import { parseHex } from "./binary.ts";
import { variantText } from "./variant.ts";
import { compileTextReader } from "./read-text.ts";
import { compareMapKeys } from "./map-keys.ts";
import { fieldIndex } from "./field-index.ts";
import { ValueError, rawNumber, showValue } from "./value-error.ts";
import type { JsonStyle } from "./json-style.ts";

/** Turns a value that JSON.parse gave into the canonical form of its column. @throws ValueError */
export type JsonReader = (value: unknown) => Value;

/**
 * Thrown when a value needs digits that JSON.parse has rounded: the record is read again with exact numbers.
 * One shared instance, as it carries nothing.
 */
export const needsExactNumbers = new ValueError("the number has more digits than a double holds");

/** Compiles the reader of a column; null is allowed exactly when the column is nullable. */
export function compileJsonReader(type: ColumnType, style: JsonStyle): JsonReader {
  const read = readerOf(type, style);
  const { nullable } = type;
  return (value) => {
    if (value !== null) return read(value);
    if (nullable) return null;
    throw new ValueError("null in a NOT NULL column", "give the column a value, or declare it without NOT NULL");
  };
}

function readerOf(type: ColumnType, style: JsonStyle): JsonReader {
  switch (type.type) {
    case "BOOLEAN":
      return (value) => (typeof value === "boolean" ? value : refuse("true or false", value));
    case "TINYINT":
    case "SMALLINT":
    case "INTEGER":
    case "UTINYINT":
    case "USMALLINT":
    case "UINTEGER":
      return numberReader(type.type);
    case "BIGINT":
    case "UBIGINT":
      return bigintReader(type.type);
    case "REAL":
      return (value) => toReal(toDouble(value, "REAL"));
    case "DOUBLE":
      return (value) => toDouble(value, "DOUBLE");
    case "DECIMAL":
      return decimalReader(type.precision ?? 38, type.scale ?? 0);
    case "CHAR":
    case "VARCHAR":
      return readString;
    case "UUID":
      return (value) => (typeof value === "string" ? parseUuid(value) : refuse("a UUID string", value));
    case "BINARY":
    case "VARBINARY":
      return (value) => (typeof value === "string" && style.binary === "hex" ? parseHex(value) : readBytes(value));
    case "DATE":
      return dateReader(style);
    case "TIME":
      return timeReader(style);
    case "TIMESTAMP":
    case "TIMESTAMP_TZ":
      return timestampReader(style);
    case "ARRAY":
      return arrayReader(type, style);
    case "STRUCT":
      return structReader(type, style);
    case "MAP":
      return mapReader(type, style);
    case "VARIANT":
      return style.variant === "text" ? readVariantString : (value) => variantText(value);
    case "NULL":
      return (value) => refuse("null", value);
    default:
      return (value) => (typeof value === "string" ? parseInterval(value) : refuse("an interval string", value));
  }
}

function refuse(expected: string, value: unknown): never {
  throw new ValueError(`expected ${expected}, found ${showValue(value)}`);
}

function numberReader(type: keyof typeof numberRanges): JsonReader {
  const [lowest, highest] = numberRanges[type];
  return (value) => {
    // Adding 0 turns -0 into 0.
    if (typeof value === "number" && Number.isInteger(value) && value >= lowest && value <= highest) return value + 0;
    const outside = typeof value === "number" && Number.isInteger(value);
    return refuse(outside ? `${type} between ${lowest} and ${highest}` : `an integer (${type})`, value);
  };
}

function bigintReader(type: keyof typeof bigintRanges): JsonReader {
  const [lowest, highest] = bigintRanges[type];
  const read = compileTextReader({ type, nullable: false });
  return (value) => {
    if (typeof value === "number") {
      if (Number.isSafeInteger(value) && (value >= 0 || lowest < 0n)) return BigInt(value);
      const unsafe = Number.isInteger(value) && !Number.isSafeInteger(value) && Math.abs(value) < 2 ** 65;
      if (!Number.isInteger(value)) refuse(`an integer (${type})`, value);
      if (unsafe) throw needsExactNumbers;
      return refuse(`${type} between ${lowest} and ${highest}`, value);
    }
    if (typeof value === "string") return read(value);
    return typeof value === "object" ? read(exactOf(value, `an integer (${type})`)) : refuse(`an integer (${type})`, value);
  };
}

function exactOf(value: object | null, expected: string): string {
  return (value === null ? undefined : rawNumber(value)) ?? refuse(expected, value);
}

function decimalReader(precision: number, scale: number): JsonReader {
  return (value) => {
    if (value === Infinity || value === -Infinity) throw needsExactNumbers;
    if (typeof value === "number" || typeof value === "string") return parseDecimal(String(value), precision, scale);
    if (typeof value !== "object") return refuse("a decimal number", value);
    return parseDecimal(exactOf(value, "a decimal number"), precision, scale);
  };
}

function toDouble(value: unknown, type: string): number {
  let number: number;
  if (typeof value === "number") number = value;
  else if (typeof value === "string") return textToDouble(value) ?? refuse(`a number (${type})`, value);
  else if (typeof value === "object") number = Number(exactOf(value, `a number (${type})`));
  else return refuse(`a number (${type})`, value);
  if (!Number.isFinite(number)) refuse(`a number in the range of ${type}`, value);
  // SQL holds -0 and 0 equal; adding 0 leaves one of them.
  return number + 0;
}

const doubleText = compileTextReader({ type: "DOUBLE", nullable: false });
function textToDouble(text: string): number | undefined {
  const value = doubleText(text);
  return typeof value === "number" ? value : undefined;
}

function toReal(value: number): number {
  const rounded = Math.fround(value);
  if (Number.isFinite(value) && !Number.isFinite(rounded)) refuse("a number in the range of REAL", value);
  return rounded;
}

function readString(value: unknown): string {
  if (typeof value !== "string") return refuse("a string", value);
  // A lone surrogate has no UTF-8 form: it could not be stored or written back.
  if (!value.isWellFormed()) return refuse("a string of Unicode characters", value);
  return value;
}

function readBytes(value: unknown): Uint8Array {
  if (!Array.isArray(value)) return refuse("an array of bytes", value);
  const bytes = new Uint8Array(value.length);
  for (let at = 0; at < value.length; at++) {
    const byte: unknown = value[at];
    if (typeof byte !== "number" || (byte & 255) !== byte) return refuse("an array of numbers from 0 to 255", byte);
    bytes[at] = byte;
  }
  return bytes;
}

function dateReader(style: JsonStyle): JsonReader {
  return (value) => {
    if (typeof value === "string") return parseDate(value);
    if (style.date === "days" && typeof value === "number" && Number.isInteger(value)) return value + 0;
    return refuse("a date string", value);
  };
}

function timeReader(style: JsonStyle): JsonReader {
  const unit = style.time === "millis" ? 1000 : 1;
  return (value) => {
    if (typeof value === "string") return parseTime(value);
    if (style.time === "text" || typeof value !== "number" || !Number.isInteger(value)) return refuse("a time string", value);
    if (value < 0 || value * unit >= 86_400e6) return refuse("a time of day", value);
    return BigInt(value * unit);
  };
}

function timestampReader(style: JsonStyle): JsonReader {
  return (value) => {
    if (typeof value === "string") return parseTimestamp(value);
    if (style.timestamp === "millis" && typeof value === "number" && Number.isSafeInteger(value)) return BigInt(value) * 1000n;
    return refuse("a timestamp string", value);
  };
}

function readVariantString(value: unknown): string {
  if (typeof value !== "string") return variantText(value);
  try {
    return variantText(JSON.parse(value));
  } catch {
    return refuse("a string of JSON text", value);
  }
}

function arrayReader(type: ColumnType, style: JsonStyle): JsonReader {
  const read = compileJsonReader(type.component ?? { type: "VARIANT", nullable: true }, style);
  return (value) => (Array.isArray(value) ? value.map((element) => read(element)) : refuse("an array", value));
}

function structReader(type: ColumnType, style: JsonStyle): JsonReader {
  const fields = type.fields ?? [];
  const readers = fields.map((field) => compileJsonReader(field.columnType, style));
  const indexOf = fieldIndex(fields);
  return (value) => {
    if (typeof value !== "object" || Array.isArray(value) || value === null) return refuse("an object", value);
    const members = value as Readonly<Record<string, unknown>>;
    const row = new Array<Value | undefined>(fields.length).fill(undefined);
    for (const key of Object.keys(members)) {
      const index = indexOf(key);
      if (index >= 0) row[index] = readers[index]?.(members[key]);
    }
    return row.map((given, index) => {
      if (given !== undefined) return given;
      const field = fields[index];
      if (field?.columnType.nullable) return null;
      throw new ValueError(`field "${field?.name}" is missing`);
    });
  };
}

function mapReader(type: ColumnType, style: JsonStyle): JsonReader {
  const readKey = compileTextReader(type.key ?? { type: "VARCHAR", nullable: false });
  const read = compileJsonReader(type.value ?? { type: "VARIANT", nullable: true }, style);
  return (value) => {
    if (typeof value !== "object" || Array.isArray(value) || value === null) return refuse("an object", value);
    const pairs = Object.entries(value).map(([key, member]): readonly Value[] => [readKey(key), read(member)]);
    // JavaScript reorders keys that look like integers, so the order of the text is gone: sort to have one form.
    return pairs.sort((left, right) => compareMapKeys(left[0] ?? null, right[0] ?? null));
  };
}
