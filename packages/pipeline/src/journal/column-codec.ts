import { deserialize, serialize } from "node:v8";
import type { ColumnType, Value } from "@headgate/engine";
import type { ByteReader } from "./byte-reader.ts";
import type { ByteWriter } from "./byte-writer.ts";

/** How the values of one column stand behind each other: no NULL among them. */
export interface ColumnCodec {
  /** A value that the form holds exactly. */
  readonly fits: (value: Value) => boolean;
  readonly write: (out: ByteWriter, values: readonly Value[]) => void;
  readonly read: (input: ByteReader, count: number) => Value[];
}

const fixed = <T extends Value>(
  width: number,
  fits: (value: Value) => boolean,
  set: (view: DataView, at: number, value: T) => void,
  get: (view: DataView, at: number) => T,
): ColumnCodec => ({
  fits,
  write(out, values) {
    let at = out.claim(values.length * width);
    const { view } = out;
    for (const value of values) {
      set(view, at, value as T);
      at += width;
    }
  },
  read(input, count) {
    let at = input.skip(count * width);
    const values = new Array<Value>(count);
    for (let i = 0; i < count; i += 1, at += width) values[i] = get(input.view, at);
    return values;
  },
});

const minusTwoTo63 = -(2n ** 63n);
const twoTo63 = 2n ** 63n;
const twoTo64 = 2n ** 64n;

const flags = fixed<boolean>(
  1,
  (value) => typeof value === "boolean",
  (view, at, value) => view.setUint8(at, value ? 1 : 0),
  (view, at) => view.getUint8(at) === 1,
);
const int32 = fixed<number>(
  4,
  (value) => typeof value === "number" && (value | 0) === value,
  (view, at, value) => view.setInt32(at, value, true),
  (view, at) => view.getInt32(at, true),
);
const uint32 = fixed<number>(
  4,
  (value) => typeof value === "number" && value >>> 0 === value,
  (view, at, value) => view.setUint32(at, value, true),
  (view, at) => view.getUint32(at, true),
);
const double = fixed<number>(
  8,
  (value) => typeof value === "number",
  (view, at, value) => view.setFloat64(at, value, true),
  (view, at) => view.getFloat64(at, true),
);
const int64 = fixed<bigint>(
  8,
  (value) => typeof value === "bigint" && value >= minusTwoTo63 && value < twoTo63,
  (view, at, value) => view.setBigInt64(at, value, true),
  (view, at) => view.getBigInt64(at, true),
);
const uint64 = fixed<bigint>(
  8,
  (value) => typeof value === "bigint" && value >= 0n && value < twoTo64,
  (view, at, value) => view.setBigUint64(at, value, true),
  (view, at) => view.getBigUint64(at, true),
);

/**
 * All texts of a column as one, their lengths before it: writing one long string is many times quicker than many short ones. One byte
 * a character when all are ASCII, else two, so that every string comes back exactly, unpaired surrogates included.
 */
const texts: ColumnCodec = {
  fits: (value) => typeof value === "string",
  write(out, values) {
    let at = out.claim(values.length * 4);
    const { view } = out;
    for (const value of values as readonly string[]) {
      view.setUint32(at, value.length, true);
      at += 4;
    }
    const all = (values as readonly string[]).join("");
    const ascii = Buffer.byteLength(all) === all.length;
    out.u8(ascii ? 1 : 2);
    const to = out.claim(ascii ? all.length : all.length * 2);
    out.data.write(all, to, ascii ? "latin1" : "utf16le");
  },
  read(input, count) {
    const lengths = input.skip(count * 4);
    const width = input.u8();
    const values = new Array<Value>(count);
    for (let i = 0; i < count; i += 1) {
      const length = input.view.getUint32(lengths + i * 4, true) * width;
      const at = input.skip(length);
      // Each a string of its own: a part of a long one would keep the whole alive.
      values[i] = input.data.toString(width === 1 ? "latin1" : "utf16le", at, at + length);
    }
    return values;
  },
};

/** Whatever has no compact form: intervals, bytes, arrays, structures. */
export const anything: ColumnCodec = {
  fits: () => true,
  write(out, values) {
    const bytes = serialize(values);
    out.u32(bytes.length);
    out.bytes(bytes);
  },
  read(input, count) {
    const values = deserialize(input.bytes(input.u32())) as Value[];
    if (values.length !== count) throw new RangeError("a column has another number of values than the record has rows");
    return values;
  },
};

export function columnCodec({ type, precision }: ColumnType): ColumnCodec {
  switch (type) {
    case "BOOLEAN":
      return flags;
    case "TINYINT":
    case "SMALLINT":
    case "INTEGER":
    case "UTINYINT":
    case "USMALLINT":
    case "DATE":
      return int32;
    case "UINTEGER":
      return uint32;
    case "REAL":
    case "DOUBLE":
      return double;
    case "BIGINT":
    case "TIME":
    case "TIMESTAMP":
    case "TIMESTAMP_TZ":
      return int64;
    case "UBIGINT":
      return uint64;
    case "DECIMAL":
      return (precision ?? 38) <= 18 ? int64 : anything;
    case "CHAR":
    case "VARCHAR":
    case "UUID":
    case "VARIANT":
      return texts;
    default:
      return anything;
  }
}
