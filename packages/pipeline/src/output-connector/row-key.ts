import type { Row, Value } from "@headgate/engine";

/** A string that is equal for equal rows and only for those: every value carries its kind and its length or its end. */
export function rowKey(row: Row): string {
  let key = "";
  for (const value of row) key += valueKey(value);
  return key;
}

function valueKey(value: Value): string {
  switch (typeof value) {
    case "string":
      return `s${String(value.length)}:${value}`;
    case "number":
      // -0 is 0 in SQL; NaN is one value.
      return `n${String(value)};`;
    case "bigint":
      return `i${String(value)};`;
    case "boolean":
      return value ? "t" : "f";
    default:
      return value === null ? "-" : compositeKey(value);
  }
}

function compositeKey(value: Exclude<Value, null | boolean | number | bigint | string>): string {
  if (value instanceof Uint8Array) return `b${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("base64")};`;
  if (isList(value)) return `[${rowKey(value)}]`;
  return `v${String(value.months)},${String(value.days)},${String(value.micros)};`;
}

const isList = (value: object): value is readonly Value[] => Array.isArray(value);
