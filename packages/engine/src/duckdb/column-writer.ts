import type { DuckDBDataChunk } from "@duckdb/node-api";
import duckdb from "@duckdb/node-bindings";
import type { ColumnType, Value } from "../types.ts";
import { toDuckDBValue } from "./to-duckdb-value.ts";

/** DuckDB's vector size: the most rows that one data chunk holds. */
export const chunkRows = 2048;

export type Rows = readonly (readonly (Value | undefined)[])[];

/** Writes one cell of `count` rows from `start` on into a column of a chunk. @throws TypeError | RangeError */
export type ColumnWriter = (chunk: DuckDBDataChunk, column: number, rows: Rows, start: number, count: number) => void;

type Items = Int8Array | Int16Array | Int32Array | Uint8Array | Uint16Array | Uint32Array | Float32Array | Float64Array;
type BigItems = BigInt64Array | BigUint64Array;

/**
 * A writer that fills DuckDB's vectors from reused buffers, without an object per value. Types that are rare in bulk
 * loads go through the binding's own vectors.
 */
export function createColumnWriter(type: ColumnType): ColumnWriter {
  switch (type.type) {
    case "BOOLEAN":
      return numberWriter(type, new Uint8Array(chunkRows), (value) => (typeof value === "boolean" ? Number(value) : mismatch(value, type)));
    case "TINYINT":
      return integerWriter(type, new Int8Array(chunkRows), -0x80, 0x7f);
    case "SMALLINT":
      return integerWriter(type, new Int16Array(chunkRows), -0x8000, 0x7fff);
    case "INTEGER":
    case "DATE":
    case "NULL":
      return integerWriter(type, new Int32Array(chunkRows), -0x80000000, 0x7fffffff);
    case "UTINYINT":
      return integerWriter(type, new Uint8Array(chunkRows), 0, 0xff);
    case "USMALLINT":
      return integerWriter(type, new Uint16Array(chunkRows), 0, 0xffff);
    case "UINTEGER":
      return integerWriter(type, new Uint32Array(chunkRows), 0, 0xffffffff);
    case "REAL":
    case "DOUBLE":
      return numberWriter(type, type.type === "REAL" ? new Float32Array(chunkRows) : new Float64Array(chunkRows), (value) =>
        typeof value === "number" ? value : mismatch(value, type),
      );
    case "BIGINT":
    case "TIMESTAMP":
    case "TIMESTAMP_TZ":
      return bigintWriter(type, new BigInt64Array(chunkRows), -(2n ** 63n), 2n ** 63n - 1n);
    case "UBIGINT":
      return bigintWriter(type, new BigUint64Array(chunkRows), 0n, 2n ** 64n - 1n);
    case "TIME":
      return bigintWriter(type, new BigInt64Array(chunkRows), 0n, 86_400_000_000n);
    case "DECIMAL":
      return decimalWriter(type);
    case "CHAR":
    case "VARCHAR":
    case "VARIANT":
      return textWriter(type);
    default:
      return valueWriter(type);
  }
}

function integerWriter(type: ColumnType, items: Items, low: number, high: number): ColumnWriter {
  return numberWriter(type, items, (value) =>
    typeof value === "number" && value >= low && value <= high && Number.isInteger(value) ? value : mismatch(value, type),
  );
}

function numberWriter(type: ColumnType, items: Items, convert: (value: Value) => number): ColumnWriter {
  const nulls = createNulls(type);
  return (chunk, column, rows, start, count) => {
    nulls.reset();
    for (let i = 0; i < count; i++) {
      const value = rows[start + i]![column];
      if (value === null || value === undefined) nulls.add(i);
      else items[i] = convert(value);
    }
    copy(chunk, column, items, count * items.BYTES_PER_ELEMENT, nulls);
  };
}

function bigintWriter(type: ColumnType, items: BigItems, low: bigint, high: bigint): ColumnWriter {
  const nulls = createNulls(type);
  return (chunk, column, rows, start, count) => {
    nulls.reset();
    for (let i = 0; i < count; i++) {
      const value = rows[start + i]![column];
      if (value === null || value === undefined) nulls.add(i);
      else if (typeof value === "bigint" && value >= low && value <= high) items[i] = value;
      else mismatch(value, type);
    }
    copy(chunk, column, items, count * 8, nulls);
  };
}

/** DuckDB keeps a DECIMAL as an integer of 16, 32, 64 or 128 bits, by its precision. */
function decimalWriter(type: ColumnType): ColumnWriter {
  const precision = type.precision ?? 38;
  const limit = 10n ** BigInt(precision);
  if (precision > 18) return valueWriter(type);
  if (precision > 9) return bigintWriter(type, new BigInt64Array(chunkRows), 1n - limit, limit - 1n);
  const items = precision > 4 ? new Int32Array(chunkRows) : new Int16Array(chunkRows);
  return numberWriter(type, items, (value) =>
    typeof value === "bigint" && value < limit && value > -limit ? Number(value) : mismatch(value, type),
  );
}

const stringBytes = 16;
const inlineBytes = 12;

/**
 * DuckDB keeps a string of at most 12 bytes inside its 16-byte slot: those are written in place, zero-padded as its
 * comparisons need. Longer and non-ASCII ones are handed over one by one.
 */
function textWriter(type: ColumnType): ColumnWriter {
  const nulls = createNulls(type);
  const slots = new Uint8Array(chunkRows * stringBytes);
  const others: number[] = [];
  return (chunk, column, rows, start, count) => {
    nulls.reset();
    others.length = 0;
    slots.fill(0, 0, count * stringBytes);
    for (let i = 0; i < count; i++) {
      const value = rows[start + i]![column];
      if (value === null || value === undefined) nulls.add(i);
      else if (typeof value !== "string") mismatch(value, type);
      else if (!writeInline(slots, i * stringBytes, value)) others.push(i);
    }
    const vector = copy(chunk, column, slots, count * stringBytes, nulls);
    for (const i of others) duckdb.vector_assign_string_element(vector, i, rows[start + i]![column] as string);
  };
}

function writeInline(slots: Uint8Array, at: number, text: string): boolean {
  const length = text.length;
  if (length > inlineBytes) return false;
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i);
    if (code > 0x7f) {
      slots.fill(0, at, at + stringBytes);
      return false;
    }
    slots[at + 4 + i] = code;
  }
  slots[at] = length;
  return true;
}

/** Any type, through the binding's vectors. */
function valueWriter(type: ColumnType): ColumnWriter {
  const nulls = createNulls(type);
  return (chunk, column, rows, start, count) => {
    const vector = chunk.getColumnVector(column);
    for (let i = 0; i < count; i++) {
      const value = rows[start + i]![column];
      if (value === null || value === undefined) nulls.add(i);
      vector.setItem(i, toDuckDBValue(value, type));
    }
    vector.flush();
  };
}

interface Nulls {
  reset(): void;
  /** @throws TypeError when the column is NOT NULL. */
  add(row: number): void;
  readonly any: boolean;
  /** One bit per row, set when it has a value. */
  readonly bits: Uint8Array;
}

function createNulls(type: ColumnType): Nulls {
  const bits = new Uint8Array(chunkRows / 8).fill(0xff);
  let any = false;
  return {
    bits,
    get any() {
      return any;
    },
    reset() {
      if (any) bits.fill(0xff);
      any = false;
    },
    add(row) {
      if (!type.nullable) throw new TypeError("NULL in a NOT NULL column");
      any = true;
      bits[row >> 3]! &= ~(1 << (row & 7));
    },
  };
}

function copy(chunk: DuckDBDataChunk, column: number, items: Items | BigItems, bytes: number, nulls: Nulls): duckdb.Vector {
  const vector = duckdb.data_chunk_get_vector(chunk.chunk, column);
  duckdb.copy_data_to_vector(vector, 0, items.buffer as ArrayBuffer, 0, bytes);
  if (nulls.any) {
    duckdb.vector_ensure_validity_writable(vector);
    const words = Math.ceil(chunk.rowCount / 64);
    duckdb.copy_data_to_vector_validity(vector, 0, nulls.bits.buffer as ArrayBuffer, 0, words * 8);
  }
  return vector;
}

/** Throws the error that the value's full conversion would give. */
function mismatch(value: Value, type: ColumnType): never {
  toDuckDBValue(value, type);
  throw new RangeError(`${typeof value === "object" ? "the value" : String(value)} is out of range for ${type.type}`);
}
