import type { ColumnType, Interval, Value } from "@headgate/engine";
import type * as Arrow from "apache-arrow";

type ArrowModule = typeof Arrow;
type Values = readonly Value[];

/** How a column is written in Arrow's format: its type, and the buffers of a batch of its values. */
export interface ArrowColumn {
  readonly type: Arrow.DataType;
  readonly data: (values: Values) => Arrow.Data;
}

/** Where `values` are not NULL, one bit each. */
interface Validity {
  readonly length: number;
  readonly nullCount: number;
  readonly nullBitmap: Uint8Array | null;
}

/** Compiles the writer of a column. The buffers are filled here, since Arrow's own builders pass times and decimals through doubles. */
export function arrowColumn(arrow: ArrowModule, column: ColumnType): ArrowColumn {
  const { makeData } = arrow;
  const fixed = (type: Arrow.DataType, create: (length: number) => Fixed): ArrowColumn => ({
    type,
    data: (values) => makeData({ type, ...validity(values), data: filled(create(values.length), values) } as never),
  });
  const bytes = (type: Arrow.Utf8 | Arrow.Binary, encode: (value: Value) => Uint8Array): ArrowColumn => ({
    type,
    data: (values) => makeData({ type, ...validity(values), ...concatenated(values, encode) } as never),
  });
  switch (column.type) {
    case "BOOLEAN":
      return {
        type: new arrow.Bool(),
        data: (values) => makeData({ type: new arrow.Bool(), ...validity(values), data: bits(values, (value) => value === true) }),
      };
    case "TINYINT":
      return fixed(new arrow.Int8(), (length) => new Int8Array(length));
    case "SMALLINT":
      return fixed(new arrow.Int16(), (length) => new Int16Array(length));
    case "INTEGER":
    case "NULL":
      return fixed(new arrow.Int32(), (length) => new Int32Array(length));
    case "BIGINT":
      return fixed(new arrow.Int64(), (length) => new BigInt64Array(length));
    case "UTINYINT":
      return fixed(new arrow.Uint8(), (length) => new Uint8Array(length));
    case "USMALLINT":
      return fixed(new arrow.Uint16(), (length) => new Uint16Array(length));
    case "UINTEGER":
      return fixed(new arrow.Uint32(), (length) => new Uint32Array(length));
    case "UBIGINT":
      return fixed(new arrow.Uint64(), (length) => new BigUint64Array(length));
    case "REAL":
      return fixed(new arrow.Float32(), (length) => new Float32Array(length));
    case "DOUBLE":
      return fixed(new arrow.Float64(), (length) => new Float64Array(length));
    case "DATE":
      return fixed(new arrow.DateDay(), (length) => new Int32Array(length));
    case "TIME":
      return fixed(new arrow.TimeMicrosecond(), (length) => new BigInt64Array(length));
    case "TIMESTAMP":
      return fixed(new arrow.TimestampMicrosecond(), (length) => new BigInt64Array(length));
    case "TIMESTAMP_TZ":
      return fixed(new arrow.TimestampMicrosecond("UTC"), (length) => new BigInt64Array(length));
    case "DECIMAL": {
      const type = new arrow.Decimal(column.scale ?? 0, column.precision ?? 38, 128);
      return { type, data: (values) => makeData({ type, ...validity(values), data: decimals(values) }) };
    }
    case "BINARY":
    case "VARBINARY":
      return bytes(new arrow.Binary(), (value) => value as Uint8Array);
    case "ARRAY":
      return listColumn(arrow, column);
    case "STRUCT":
      return structColumn(arrow, column.fields ?? []);
    case "MAP":
      return mapColumn(arrow, column);
    default: {
      if (!column.type.startsWith("INTERVAL")) return bytes(new arrow.Utf8(), (value) => encoder.encode(value as string));
      const type = new arrow.IntervalMonthDayNano();
      return { type, data: (values) => makeData({ type, ...validity(values), data: intervals(values) }) };
    }
  }
}

/** A row of columns, as Arrow nests them; at the top, a batch is one. */
export function structColumn(
  arrow: ArrowModule,
  fields: readonly { readonly name: string; readonly columnType: ColumnType }[],
): ArrowColumn & { readonly type: Arrow.Struct } {
  const columns = fields.map(({ columnType }) => arrowColumn(arrow, columnType));
  const type = new arrow.Struct(columns.map((column, i) => new arrow.Field(fields[i]?.name ?? "", column.type, true)));
  const data = (rows: Values): Arrow.Data => {
    const children = columns.map((column, i) => column.data(rows.map((row) => (row as readonly Value[] | null)?.[i] ?? null)));
    return arrow.makeData({ type, ...validity(rows), children });
  };
  return { type, data };
}

function listColumn(arrow: ArrowModule, column: ColumnType): ArrowColumn {
  const item = arrowColumn(arrow, column.component ?? anything);
  const type = new arrow.List(new arrow.Field("item", item.type, true));
  const data = (values: Values): Arrow.Data => {
    const { valueOffsets, items } = flattened(values);
    return arrow.makeData({ type, ...validity(values), valueOffsets, child: item.data(items) });
  };
  return { type, data };
}

/** A map is a list of pairs. */
function mapColumn(arrow: ArrowModule, column: ColumnType): ArrowColumn {
  const key = arrowColumn(arrow, column.key ?? anything);
  const value = arrowColumn(arrow, column.value ?? anything);
  const pair = new arrow.Struct<{ key: Arrow.DataType; value: Arrow.DataType }>([
    new arrow.Field("key", key.type, false),
    new arrow.Field("value", value.type, true),
  ]);
  const type = new arrow.Map_(new arrow.Field("entries", pair, false));
  const data = (values: Values): Arrow.Data => {
    const { valueOffsets, items } = flattened(values);
    const side = (i: 0 | 1): Value[] => items.map((item) => (item as readonly Value[])[i] ?? null);
    const child = arrow.makeData({ type: pair, length: items.length, nullCount: 0, children: [key.data(side(0)), value.data(side(1))] });
    return arrow.makeData({ type, ...validity(values), valueOffsets, child });
  };
  return { type, data };
}

const encoder = new TextEncoder();
const anything: ColumnType = { type: "VARIANT", nullable: true };

interface Fixed extends ArrayBufferView {
  [index: number]: number | bigint;
}

function filled(buffer: Fixed, values: Values): Fixed {
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i];
    if (value !== null && value !== undefined) buffer[i] = value as number | bigint;
  }
  return buffer;
}

function validity(values: Values): Validity {
  let nullCount = 0;
  for (const value of values) if (value === null) nullCount += 1;
  const nullBitmap = nullCount === 0 ? null : bits(values, (value) => value !== null);
  return { length: values.length, nullCount, nullBitmap };
}

function bits(values: Values, isSet: (value: Value) => boolean): Uint8Array {
  const bitmap = new Uint8Array(Math.ceil(values.length / 8));
  values.forEach((value, i) => {
    if (isSet(value)) bitmap[i >> 3] = (bitmap[i >> 3] ?? 0) | (1 << (i & 7));
  });
  return bitmap;
}

function concatenated(
  values: Values,
  encode: (value: Value) => Uint8Array,
): { readonly valueOffsets: Int32Array; readonly data: Uint8Array } {
  const valueOffsets = new Int32Array(values.length + 1);
  const pieces: Uint8Array[] = [];
  let length = 0;
  values.forEach((value, i) => {
    if (value !== null) {
      const piece = encode(value);
      pieces.push(piece);
      length += piece.byteLength;
    }
    valueOffsets[i + 1] = length;
  });
  return { valueOffsets, data: Buffer.concat(pieces, length) };
}

function flattened(values: Values): { readonly valueOffsets: Int32Array; readonly items: Value[] } {
  const valueOffsets = new Int32Array(values.length + 1);
  const items: Value[] = [];
  values.forEach((value, i) => {
    if (value !== null) for (const item of value as readonly Value[]) items.push(item);
    valueOffsets[i + 1] = items.length;
  });
  return { valueOffsets, items };
}

/** Two's complement of 128 bits, the lower half first. */
function decimals(values: Values): Uint32Array {
  const halves = new BigUint64Array(values.length * 2);
  values.forEach((value, i) => {
    if (value === null) return;
    halves[i * 2] = BigInt.asUintN(64, value as bigint);
    halves[i * 2 + 1] = BigInt.asUintN(64, (value as bigint) >> 64n);
  });
  return new Uint32Array(halves.buffer);
}

/** Months and days as 32 bits, nanoseconds as 64. */
function intervals(values: Values): Int32Array {
  const words = new Int32Array(values.length * 4);
  const nanoseconds = new BigInt64Array(words.buffer);
  values.forEach((value, i) => {
    if (value === null) return;
    const { months, days, micros } = value as Interval;
    const nanos = micros * 1000n;
    if (BigInt.asIntN(64, nanos) !== nanos) throw new RangeError("an INTERVAL is too long for Arrow's nanoseconds: cast it to VARCHAR");
    words[i * 4] = months;
    words[i * 4 + 1] = days;
    nanoseconds[i * 2 + 1] = nanos;
  });
  return words;
}
