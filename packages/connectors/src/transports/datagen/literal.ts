import { configError, expected } from "@headgate/connector-kit";
import type { ColumnType, Value } from "@headgate/engine";
import { domainOf } from "./domain.ts";

/** A value of a `values` list as a value of the column's type. @throws ConnectorError when it is none */
export function parseLiteral(given: unknown, type: ColumnType, path: string): Value {
  if (given === null) {
    if (!type.nullable) throw configError(path, "is null, but the column is NOT NULL");
    return null;
  }
  const domain = domainOf(type);
  if (domain !== undefined) {
    const position = domain.parse(given, path);
    if (position < domain.from || position >= domain.below) throw configError(path, `does not fit into ${type.type}`);
    return domain.toValueBig(position);
  }
  switch (type.type) {
    case "BOOLEAN":
      if (typeof given !== "boolean") throw expected(path, "true or false", given);
      return given;
    case "REAL":
    case "DOUBLE":
      if (typeof given !== "number") throw expected(path, "a number", given);
      return type.type === "REAL" ? Math.fround(given) : given;
    case "CHAR":
    case "VARCHAR":
      if (typeof given !== "string") throw expected(path, "a string", given);
      return given;
    case "UUID":
      if (typeof given !== "string" || !uuid.test(given)) throw expected(path, "a UUID in its text form", given);
      return given.toLowerCase();
    case "VARIANT":
      return JSON.stringify(given);
    case "BINARY":
    case "VARBINARY":
      return Uint8Array.from(list(given, path, "a list of bytes"), (byte, i) => Number(parseLiteral(byte, byteType, `${path}[${i}]`)));
    default:
      return parseNested(given, type, path);
  }
}

function parseNested(given: unknown, type: ColumnType, path: string): Value {
  if (type.type === "ARRAY" && type.component !== undefined) {
    const component = type.component;
    return list(given, path, "a list").map((item, i) => parseLiteral(item, component, `${path}[${i}]`));
  }
  if (typeof given !== "object" || given === null || Array.isArray(given)) throw expected(path, "an object", given);
  const entries = new Map<string, unknown>(Object.entries(given));
  if (type.type === "STRUCT" && type.fields !== undefined) {
    return type.fields.map((field) => parseLiteral(entries.get(field.name) ?? null, field.columnType, `${path}.${field.name}`));
  }
  const { key, value } = type;
  if (type.type === "MAP" && key !== undefined && value !== undefined) {
    return [...entries].map(([k, v]) => [parseLiteral(k, key, path), parseLiteral(v, value, `${path}.${k}`)]);
  }
  throw configError(path, `cannot be given for a column of type ${type.type}`);
}

/** One byte of a BINARY value. */
export const byteType: ColumnType = { type: "UTINYINT", nullable: false };
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

function list(given: unknown, path: string, wanted: string): readonly unknown[] {
  if (!Array.isArray(given)) throw expected(path, wanted, given);
  return given;
}
