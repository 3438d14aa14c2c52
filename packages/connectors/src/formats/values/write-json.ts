import type { ColumnType, Field, Interval, Value } from "@headgate/engine";
import { formatHex } from "./binary.ts";
import { formatDecimal } from "./decimal.ts";
import { formatDate, formatTime, formatTimestamp } from "./format-temporal.ts";
import { formatInterval } from "./interval.ts";
import { compileTextWriter } from "./write-text.ts";
import type { JsonStyle } from "./json-style.ts";

/** Writes a canonical value of a column as JSON text. */
export type JsonWriter = (value: Value) => string;

/** Characters that JSON escapes, and surrogates, which may be alone. */
const needsEscape = /["\\\u0000-\u001f\ud800-\udfff]/;

/** Writes a string as JSON text. */
export function jsonString(text: string): string {
  return needsEscape.test(text) ? JSON.stringify(text) : `"${text}"`;
}

/** Compiles the writer of a column. */
export function compileJsonWriter(type: ColumnType, style: JsonStyle): JsonWriter {
  const write = writerOf(type, style);
  return (value) => (value === null ? "null" : write(value));
}

function writerOf(type: ColumnType, style: JsonStyle): JsonWriter {
  switch (type.type) {
    case "REAL":
      return (value) => jsonNumber(value as number, realText);
    case "DOUBLE":
      return (value) => jsonNumber(value as number, String);
    case "DECIMAL":
      return (value) => `"${formatDecimal(value as bigint, type.scale ?? 0)}"`;
    case "CHAR":
    case "VARCHAR":
    case "NULL":
      return (value) => jsonString(value as string);
    case "UUID":
      return (value) => `"${value as string}"`;
    case "BINARY":
    case "VARBINARY":
      return style.binary === "hex" ? (value) => `"${formatHex(value as Uint8Array)}"` : (value) => `[${(value as Uint8Array).join(",")}]`;
    case "DATE":
      return style.date === "days" ? String : (value) => `"${formatDate(value as number)}"`;
    case "TIME":
      return timeWriter(style);
    case "TIMESTAMP":
    case "TIMESTAMP_TZ":
      return timestampWriter(type, style);
    case "ARRAY": {
      const write = compileJsonWriter(type.component ?? { type: "VARIANT", nullable: true }, style);
      return (value) => `[${(value as readonly Value[]).map((element) => write(element)).join(",")}]`;
    }
    case "STRUCT":
      return compileRowWriter(type.fields ?? [], style) as JsonWriter;
    case "MAP":
      return mapWriter(type, style);
    case "VARIANT":
      if (style.variant === "text") return (value) => jsonString(value as string);
      // Line breaks in JSON text are white space between tokens; a record has to stay on one line.
      return (value) => (value as string).replace(/[\r\n]+/g, " ");
    default:
      if (type.type.startsWith("INTERVAL")) return (value) => `"${formatInterval(value as Interval)}"`;
      return String;
  }
}

/** JSON has no NaN and no infinity; as strings they come back through our reader, and never pass for NULL. */
function jsonNumber(value: number, text: (value: number) => string): string {
  return Number.isFinite(value) ? text(value) : `"${String(value)}"`;
}

/** The shortest digits that name this 32-bit number, and not the long tail of its 64-bit form. */
export function realText(value: number): string {
  if (!Number.isFinite(value) || Number.isInteger(value)) return String(value);
  for (let precision = 6; precision < 9; precision++) {
    const short = Number(value.toPrecision(precision));
    if (Math.fround(short) === value) return String(short);
  }
  return String(Number(value.toPrecision(9)));
}

function timeWriter(style: JsonStyle): JsonWriter {
  if (style.time === "text") return (value) => `"${formatTime(value as bigint)}"`;
  return style.time === "micros" ? String : (value) => String((value as bigint) / 1000n);
}

function timestampWriter(type: ColumnType, style: JsonStyle): JsonWriter {
  if (style.timestamp === "millis") return (value) => String(floorDivide(value as bigint, 1000n));
  if (style.timestamp === "text" && type.type === "TIMESTAMP") return (value) => `"${formatTimestamp(value as bigint)}"`;
  return (value) => `"${formatTimestamp(value as bigint, "T")}+00:00"`;
}

function floorDivide(value: bigint, divisor: bigint): bigint {
  const quotient = value / divisor;
  return value % divisor < 0n ? quotient - 1n : quotient;
}

function mapWriter(type: ColumnType, style: JsonStyle): JsonWriter {
  const writeKey = compileTextWriter(type.key ?? { type: "VARCHAR", nullable: false });
  const write = compileJsonWriter(type.value ?? { type: "VARIANT", nullable: true }, style);
  return (value) => {
    const pairs = value as readonly (readonly Value[])[];
    return `{${pairs.map((pair) => `${jsonString(writeKey(pair[0] ?? null))}:${write(pair[1] ?? null)}`).join(",")}}`;
  };
}

/** Compiles the writer of whole rows: an object with the columns in order. */
export function compileRowWriter(fields: readonly Field[], style: JsonStyle): (row: readonly Value[]) => string {
  const keys = fields.map((field, index) => `${index === 0 ? "{" : ","}${jsonString(field.name)}:`);
  const writers = fields.map((field) => compileJsonWriter(field.columnType, style));
  const count = fields.length;
  if (count === 0) return () => "{}";
  return (row) => {
    let text = "";
    for (let index = 0; index < count; index++) {
      text += (keys[index] as string) + (writers[index] as JsonWriter)(row[index] as Value);
    }
    return text + "}";
  };
}
