import { DuckDBVarCharVector } from "@duckdb/node-api";
import type {
  DuckDBBlobValue,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBIntervalValue,
  DuckDBListValue,
  DuckDBMapValue,
  DuckDBStructValue,
  DuckDBTimeValue,
  DuckDBTimestampValue,
  DuckDBDataChunk,
  DuckDBValue,
  DuckDBVector,
} from "@duckdb/node-api";
import type { ColumnType, Row, Value } from "../types.ts";

type Convert = (value: DuckDBValue) => Value;

/** How a non-NULL value of the type comes out of DuckDB's binding; undefined when it is canonical as it is. */
function converter(type: ColumnType): Convert | undefined {
  switch (type.type) {
    case "DECIMAL":
      return (value) => (value as DuckDBDecimalValue).value;
    case "UUID":
      return (value) => String(value);
    case "BINARY":
    case "VARBINARY":
      return (value) => Uint8Array.from((value as DuckDBBlobValue).bytes);
    case "DATE":
      return (value) => (value as DuckDBDateValue).days;
    case "TIME":
      return (value) => (value as DuckDBTimeValue).micros;
    case "TIMESTAMP":
    case "TIMESTAMP_TZ":
      return (value) => (value as DuckDBTimestampValue).micros;
    case "ARRAY": {
      const inner = nullableConverter(type.component!);
      return (value) => (value as DuckDBListValue).items.map(inner);
    }
    case "STRUCT": {
      const fields = (type.fields ?? []).map((field) => nullableConverter(field.columnType));
      const names = (type.fields ?? []).map((field) => field.name);
      return (value) => {
        const entries = (value as DuckDBStructValue).entries;
        return fields.map((convert, i) => convert(entries[names[i]!]!));
      };
    }
    case "MAP": {
      const key = nullableConverter(type.key!);
      const item = nullableConverter(type.value!);
      return (value) => (value as DuckDBMapValue).entries.map((entry) => [key(entry.key), item(entry.value)]);
    }
    default:
      return type.type.startsWith("INTERVAL_") ? intervalOf : undefined;
  }
}

const intervalOf: Convert = (value) => {
  const { months, days, micros } = value as DuckDBIntervalValue;
  return { months, days, micros };
};

function nullableConverter(type: ColumnType): Convert {
  const convert = converter(type);
  return convert === undefined ? (value) => value as Value : (value) => (value === null || value === undefined ? null : convert(value));
}

/** A value that DuckDB's binding returned, in canonical form. */
export function fromDuckDBValue(value: DuckDBValue, type: ColumnType): Value {
  return nullableConverter(type)(value);
}

/** Reads data chunks of known column types into rows of canonical values. */
export type ChunkReader = (chunk: DuckDBDataChunk) => Row[];

export function createChunkReader(types: readonly ColumnType[]): ChunkReader {
  const converters = types.map(converter);
  return (chunk) => {
    const count = chunk.rowCount;
    const rows: Value[][] = new Array<Value[]>(count);
    for (let i = 0; i < count; i++) rows[i] = new Array<Value>(types.length);
    for (let column = 0; column < types.length; column++) readColumn(chunk.getColumnVector(column), converters[column], rows, column);
    return rows;
  };
}

function readColumn(vector: DuckDBVector, convert: Convert | undefined, rows: Value[][], column: number): void {
  const count = rows.length;
  if (vector instanceof DuckDBVarCharVector) {
    for (let i = 0; i < count; i++) rows[i]![column] = textAt(vector, i);
    return;
  }
  if (convert === undefined) {
    for (let i = 0; i < count; i++) rows[i]![column] = vector.getItem(i) as Value;
    return;
  }
  for (let i = 0; i < count; i++) {
    const value = vector.getItem(i);
    rows[i]![column] = value === null ? null : convert(value);
  }
}

const slotBytes = 16;
const prefixAt = 4;

/** The binding's decoder takes a leading U+FEFF for a mark of the encoding and drops it; here it is part of the text. */
function textAt(vector: DuckDBVarCharVector, row: number): Value {
  const text = vector.getItem(row);
  if (text === null) return null;
  const slots = vector["dataView"];
  const at = row * slotBytes + prefixAt;
  const marked = slots.getUint16(at) === 0xefbb && slots.getUint8(at + 2) === 0xbf;
  return marked ? `\ufeff${text}` : text;
}
