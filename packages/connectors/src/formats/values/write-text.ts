import type { ColumnType, Interval, Value } from "@headgate/engine";
import { formatHex } from "./binary.ts";
import { formatDecimal } from "./decimal.ts";
import { formatDate, formatTime, formatTimestamp } from "./format-temporal.ts";
import { formatInterval } from "./interval.ts";
import { defaultJsonStyle } from "./json-style.ts";
import { compileJsonWriter, realText } from "./write-json.ts";

/** Writes a canonical value of a column as plain text. */
export type TextWriter = (value: Value) => string;

/** Compiles the text writer of a column (CSV fields, map keys, table cells). Composite values are written as JSON; NULL as nothing. */
export function compileTextWriter(type: ColumnType): TextWriter {
  const write = writerOf(type);
  return (value) => (value === null ? "" : write(value));
}

function writerOf(type: ColumnType): TextWriter {
  switch (type.type) {
    case "REAL":
      return (value) => realText(value as number);
    case "DECIMAL":
      return (value) => formatDecimal(value as bigint, type.scale ?? 0);
    case "BINARY":
    case "VARBINARY":
      return (value) => formatHex(value as Uint8Array);
    case "DATE":
      return (value) => formatDate(value as number);
    case "TIME":
      return (value) => formatTime(value as bigint);
    case "TIMESTAMP":
      return (value) => formatTimestamp(value as bigint);
    case "TIMESTAMP_TZ":
      return (value) => `${formatTimestamp(value as bigint, "T")}+00:00`;
    case "ARRAY":
    case "STRUCT":
    case "MAP":
      return compileJsonWriter(type, defaultJsonStyle);
    default:
      if (type.type.startsWith("INTERVAL")) return (value) => formatInterval(value as Interval);
      return String;
  }
}
