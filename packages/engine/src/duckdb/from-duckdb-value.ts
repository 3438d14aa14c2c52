import {
  DuckDBBigIntVector,
  DuckDBDateVector,
  DuckDBDoubleVector,
  DuckDBFloatVector,
  DuckDBIntegerVector,
  DuckDBSmallIntVector,
  DuckDBTimeVector,
  DuckDBTimestampTZVector,
  DuckDBTimestampVector,
  DuckDBTinyIntVector,
  DuckDBUBigIntVector,
  DuckDBUIntegerVector,
  DuckDBUSmallIntVector,
  DuckDBUTinyIntVector,
  DuckDBVarCharVector,
} from "@duckdb/node-api";
import duckdb from "@duckdb/node-bindings";
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

/**
 * @param positions Where in a row of `width` values each column goes; what no column fills is NULL. By default the columns are the row.
 */
export function createChunkReader(
  types: readonly ColumnType[],
  positions: readonly number[] = [...types.keys()],
  width = types.length,
): ChunkReader {
  const converters = types.map(converter);
  const whole = positions.length === width;
  return (chunk) => {
    const count = chunk.rowCount;
    const rows: Value[][] = new Array<Value[]>(count);
    for (let i = 0; i < count; i++) rows[i] = whole ? new Array<Value>(width) : new Array<Value>(width).fill(null);
    for (let column = 0; column < types.length; column++)
      readColumn(chunk.getColumnVector(column), converters[column], rows, positions[column]!);
    return rows;
  };
}

type RawVector = DuckDBVector & { readonly items: readonly Value[]; readonly validity: { readonly data: BigUint64Array | null } };

/** Vectors whose items are canonical values as they lie in memory. */
const rawVectors: ReadonlySet<unknown> = new Set([
  ...[DuckDBTinyIntVector, DuckDBSmallIntVector, DuckDBIntegerVector, DuckDBBigIntVector],
  ...[DuckDBUTinyIntVector, DuckDBUSmallIntVector, DuckDBUIntegerVector, DuckDBUBigIntVector],
  ...[DuckDBFloatVector, DuckDBDoubleVector, DuckDBDateVector, DuckDBTimeVector, DuckDBTimestampVector, DuckDBTimestampTZVector],
]);

const isRaw = (vector: DuckDBVector): vector is RawVector => rawVectors.has(vector.constructor);

function readColumn(vector: DuckDBVector, convert: Convert | undefined, rows: Value[][], column: number): void {
  const count = rows.length;
  if (isRaw(vector)) readRaw(vector, rows, column);
  else if (vector instanceof DuckDBVarCharVector) readText(vector, rows, column);
  else if (convert === undefined) {
    for (let i = 0; i < count; i++) rows[i]![column] = vector.getItem(i) as Value;
  } else {
    for (let i = 0; i < count; i++) {
      const value = vector.getItem(i);
      rows[i]![column] = value === null ? null : convert(value);
    }
  }
}

function readRaw({ items, validity: { data } }: RawVector, rows: Value[][], column: number): void {
  const count = rows.length;
  for (let i = 0; i < count; i++) rows[i]![column] = items[i]!;
  if (data === null) return;
  const bits = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  for (let i = 0; i < count; i++) if ((bits[i >> 3]! & (1 << (i & 7))) === 0) rows[i]![column] = null;
}

const slotBytes = 16;
const inlineBytes = 12;
const inlineAt = 4;
const pointerAt = 8;

/** Not by the binding's decoder, which takes a leading U+FEFF for a mark of the encoding and drops it; here it is part of the text. */
function readText(vector: DuckDBVarCharVector, rows: Value[][], column: number): void {
  const slots = vector["dataView"];
  const { data } = vector["validity"];
  const bits = data === null ? undefined : new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const bytes = Buffer.from(slots.buffer as ArrayBuffer, slots.byteOffset, slots.byteLength);
  for (let i = 0; i < rows.length; i++) {
    const at = i * slotBytes;
    const length = slots.getUint32(at, true);
    let text: Value = "";
    if (bits !== undefined && (bits[i >> 3]! & (1 << (i & 7))) === 0) text = null;
    else if (length <= inlineBytes) text = bytes.toString("utf8", at + inlineAt, at + inlineAt + length);
    else text = longText(duckdb.get_data_from_pointer(slots.buffer as ArrayBuffer, slots.byteOffset + at + pointerAt, length));
    rows[i]![column] = text;
  }
}

const longText = ({ buffer, byteOffset, byteLength }: Uint8Array): string => Buffer.from(buffer, byteOffset, byteLength).toString("utf8");
