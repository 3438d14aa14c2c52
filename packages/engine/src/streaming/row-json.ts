import { textCast } from "../expression/casts/text-casts.ts";
import type { PlanType } from "../plan/types.ts";
import type { ColumnType, Field, Value } from "../types.ts";

type Cells = readonly (Value | undefined)[];
type Encode = (value: never) => string;

/** Writes cells of a relation as a JSON object for people to read; cells that are undefined are left out. */
export function createRowJson(fields: readonly Field[]): (cells: Cells) => string {
  const names = fields.map(({ name }) => JSON.stringify(name));
  const encoders = fields.map(({ columnType }) => encoderOf(columnType));
  return (cells) =>
    `{${encoders.flatMap((encode, i) => (cells[i] === undefined ? [] : [`${names[i]!}:${encodeOrNull(encode, cells[i])}`])).join(",")}}`;
}

/** Writes one value as people read it in SQL. */
export function createValueText(type: ColumnType): (value: Value) => string {
  const cast = textOf(type);
  return (value) => (value === null ? "NULL" : cast === undefined ? String(value as never) : cast(value as never));
}

const encodeOrNull = (encode: Encode, value: Value): string => (value === null ? "null" : encode(value as never));
const quoted = (text: string): string => JSON.stringify(text);

function encoderOf(type: ColumnType): Encode {
  switch (type.type) {
    case "BOOLEAN":
    case "TINYINT":
    case "SMALLINT":
    case "INTEGER":
    case "BIGINT":
    case "UTINYINT":
    case "USMALLINT":
    case "UINTEGER":
    case "UBIGINT":
      return (value: boolean | number | bigint) => String(value);
    case "REAL":
    case "DOUBLE":
      return (value: number) => (Number.isFinite(value) ? String(value) : quoted(String(value)));
    case "VARIANT":
      return (value: string) => value;
    case "BINARY":
    case "VARBINARY":
      return (value: Uint8Array) => `[${value.join(",")}]`;
    case "ARRAY":
      return listEncoder(type.component!);
    case "STRUCT":
      return createRowJson(type.fields ?? []);
    case "MAP":
      return mapEncoder(type.key!, type.value!);
    default: {
      const cast = textOf(type);
      return (value) => quoted(cast === undefined ? String(value) : cast(value));
    }
  }
}

function listEncoder(component: ColumnType): Encode {
  const encode = encoderOf(component);
  return (values: readonly Value[]) => `[${values.map((value) => encodeOrNull(encode, value)).join(",")}]`;
}

function mapEncoder(keyType: ColumnType, valueType: ColumnType): Encode {
  const key = encoderOf(keyType);
  const value = encoderOf(valueType);
  const keyText = (text: string): string => (text.startsWith('"') ? text : quoted(text));
  return (pairs: readonly (readonly [Value, Value])[]) =>
    `{${pairs.map(([name, item]) => `${keyText(encodeOrNull(key, name))}:${encodeOrNull(value, item)}`).join(",")}}`;
}

/** DuckDB's cast to text, for types of which JSON has no form of its own. */
function textOf(type: ColumnType): ((value: never) => string) | undefined {
  const from = planTypeOf(type);
  return from === undefined ? undefined : (textCast(from, { id: "VARCHAR" })?.convert as ((value: never) => string) | undefined);
}

function planTypeOf(type: ColumnType): PlanType | undefined {
  switch (type.type) {
    case "DATE":
    case "TIME":
    case "TIMESTAMP":
    case "TIMESTAMP_TZ":
      return { id: type.type };
    case "DECIMAL":
      return { id: "DECIMAL", width: type.precision ?? 38, scale: type.scale ?? 0 };
    default:
      return type.type.startsWith("INTERVAL_") ? { id: "INTERVAL" } : undefined;
  }
}
