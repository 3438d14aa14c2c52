import type { ColumnType, Field, Row, Value } from "@headgate/engine";
import { bigintRanges, numberRanges } from "../values/integer-range.ts";
import { AvroSchemaError } from "./avro-error.ts";
import type { AvroSchema } from "./avro-schema.ts";
import type { ByteWriter } from "./byte-writer.ts";
import { assertDecimal, assertTextKeys, columnForm, logicalName, misfit, timeDigits, timestampDigits } from "./column-form.ts";

/** Writes a canonical value of a column. @throws Error when the schema has no form for it */
export type AvroWriter = (value: Value, out: ByteWriter) => void;

/**
 * Compiles the writer of a row: the columns that the record names, in its order. `places` says where the fields stand in a row that has
 * more.
 *
 * @throws AvroSchemaError
 */
export function compileRecordWriter(
  schema: AvroSchema,
  fields: readonly Field[],
  places?: readonly number[],
): (row: Row, out: ByteWriter) => void {
  if (schema.kind !== "record") throw misfit({ type: "STRUCT", nullable: false }, "a record", schema);
  const missing = fields.find(({ name }) => !schema.fields.some((field) => field.name === name));
  if (missing !== undefined) throw new AvroSchemaError(`the schema has no field for the column "${missing.name}"`);
  const writers = schema.fields.map(({ name, schema: inner }) => {
    const column = fields.findIndex((field) => field.name === name);
    const field = fields[column];
    if (field === undefined) throw new AvroSchemaError(`the schema has a field "${name}" that is no column`);
    return { column: places?.[column] ?? column, write: inColumn(name, () => compileAvroWriter(inner, field.columnType)) };
  });
  return (row, out) => {
    for (let at = 0; at < writers.length; at++) {
      const { column, write } = writers[at] as (typeof writers)[number];
      write(row[column] ?? null, out);
    }
  };
}

/** Names the column in what is wrong with its schema. */
export function inColumn<T>(name: string, compile: () => T): T {
  try {
    return compile();
  } catch (error) {
    if (error instanceof AvroSchemaError) throw new AvroSchemaError(`column "${name}": ${error.message}`);
    throw error;
  }
}

/** Compiles the writer of a column. @throws AvroSchemaError when the schema does not fit its type */
export function compileAvroWriter(schema: AvroSchema, type: ColumnType): AvroWriter {
  const { branch, nullBranch, schema: inner } = columnForm(schema);
  if (inner.kind === "null") {
    if (type.type !== "NULL") throw misfit(type, "a type that holds it", inner);
    return () => undefined;
  }
  const write = writerOf(inner, type);
  return (value, out) => {
    if (value === null) {
      if (nullBranch === undefined) throw new Error("a column is NULL, and its Avro type has no null");
      out.int(nullBranch);
      return;
    }
    if (branch !== undefined) out.int(branch);
    write(value, out);
  };
}

function writerOf(schema: AvroSchema, type: ColumnType): AvroWriter {
  switch (type.type) {
    case "BOOLEAN":
      if (schema.kind !== "boolean") throw misfit(type, "boolean", schema);
      return (value, out) => out.byte(value === true ? 1 : 0);
    case "TINYINT":
    case "SMALLINT":
    case "INTEGER":
    case "UTINYINT":
    case "USMALLINT":
    case "UINTEGER": {
      const wide = numberRanges[type.type][1] > numberRanges.INTEGER[1];
      if (schema.kind !== "long" && (wide || schema.kind !== "int")) throw misfit(type, wide ? "long" : "int or long", schema);
      return (value, out) => out.int(value as number);
    }
    case "BIGINT":
      if (schema.kind !== "long") throw misfit(type, "long", schema);
      return (value, out) => out.long(value as bigint);
    case "UBIGINT":
      return unsignedWriter(schema, type);
    case "REAL":
    case "DOUBLE":
      if (schema.kind === "float" && type.type === "REAL") return (value, out) => out.float(value as number);
      if (schema.kind !== "double") throw misfit(type, type.type === "REAL" ? "float or double" : "double", schema);
      return (value, out) => out.double(value as number);
    case "DECIMAL":
      return decimalWriter(schema, type);
    case "CHAR":
    case "VARCHAR":
      return textWriter(schema, type);
    case "UUID":
    case "VARIANT":
      if (schema.kind !== "string") throw misfit(type, "string", schema);
      return (value, out) => out.string(value as string);
    case "BINARY":
    case "VARBINARY":
      return bytesWriter(schema, type);
    case "DATE":
      if (schema.kind !== "int") throw misfit(type, "int (date)", schema);
      return (value, out) => out.int(value as number);
    case "TIME":
      if (timeDigits(type, schema) === 6) return (value, out) => out.long(value as bigint);
      return (value, out) => out.int(Number((value as bigint) / 1000n));
    case "TIMESTAMP":
    case "TIMESTAMP_TZ":
      if (timestampDigits(type, schema) === 6) return (value, out) => out.long(value as bigint);
      return (value, out) => out.long(floorThousandth(value as bigint));
    case "ARRAY":
      return arrayWriter(schema, type);
    case "MAP":
      return mapWriter(schema, type);
    case "STRUCT": {
      const write = compileRecordWriter(schema, type.fields ?? []);
      return (value, out) => write(value as Row, out);
    }
    default:
      throw new AvroSchemaError(`Avro has no form for ${type.type}`);
  }
}

function unsignedWriter(schema: AvroSchema, type: ColumnType): AvroWriter {
  if (schema.kind === "string") return (value, out) => out.string(String(value));
  if (schema.kind !== "long") throw misfit(type, "string or long", schema);
  return (value, out) => {
    if ((value as bigint) > bigintRanges.BIGINT[1]) throw new Error(`${String(value)} is too large for an Avro long; use a string`);
    out.long(value as bigint);
  };
}

function decimalWriter(schema: AvroSchema, type: ColumnType): AvroWriter {
  assertDecimal(type, schema);
  if (schema.kind !== "fixed") return (value, out) => out.bytes(twosComplement(value as bigint));
  const { size } = schema;
  return (value, out) => {
    const bytes = twosComplement(value as bigint);
    if (bytes.length > size) throw new Error(`a decimal takes ${bytes.length} bytes, and its Avro type has ${size}`);
    out.fixed(new Uint8Array(size - bytes.length).fill((value as bigint) < 0n ? 255 : 0));
    out.fixed(bytes);
  };
}

/** The shortest big-endian form. */
function twosComplement(value: bigint): Uint8Array {
  const bits = value < 0n ? (-value - 1n).toString(2).length : value.toString(2).length;
  const bytes = new Uint8Array(Math.floor(bits / 8) + 1);
  let rest = BigInt.asUintN(bytes.length * 8, value);
  for (let at = bytes.length - 1; at >= 0; at--) {
    bytes[at] = Number(rest & 255n);
    rest >>= 8n;
  }
  return bytes;
}

function textWriter(schema: AvroSchema, type: ColumnType): AvroWriter {
  if (schema.kind === "string") return (value, out) => out.string(value as string);
  if (schema.kind !== "enum") throw misfit(type, "string or enum", schema);
  const places = new Map(schema.symbols.map((symbol, at) => [symbol, at]));
  return (value, out) => {
    const place = places.get(value as string);
    if (place === undefined) throw new Error(`${JSON.stringify(value).slice(0, 80)} is no symbol of the Avro enum ${schema.name}`);
    out.int(place);
  };
}

function bytesWriter(schema: AvroSchema, type: ColumnType): AvroWriter {
  if (schema.kind === "bytes" && logicalName(schema) !== "decimal") return (value, out) => out.bytes(value as Uint8Array);
  if (schema.kind !== "fixed") throw misfit(type, "bytes or fixed", schema);
  const { size } = schema;
  return (value, out) => {
    const bytes = value as Uint8Array;
    if (bytes.length !== size) throw new Error(`a value has ${bytes.length} bytes, and its Avro type ${size}`);
    out.fixed(bytes);
  };
}

function arrayWriter(schema: AvroSchema, type: ColumnType): AvroWriter {
  if (schema.kind !== "array") throw misfit(type, "array", schema);
  const write = compileAvroWriter(schema.items, type.component ?? { type: "VARIANT", nullable: true });
  return (value, out) => {
    const items = value as readonly Value[];
    if (items.length > 0) out.int(items.length);
    for (const item of items) write(item, out);
    out.int(0);
  };
}

function mapWriter(schema: AvroSchema, type: ColumnType): AvroWriter {
  if (schema.kind !== "map") throw misfit(type, "map", schema);
  assertTextKeys(type);
  const write = compileAvroWriter(schema.values, type.value ?? { type: "VARIANT", nullable: true });
  return (value, out) => {
    const pairs = value as readonly (readonly Value[])[];
    if (pairs.length > 0) out.int(pairs.length);
    for (const [key, item] of pairs) {
      out.string(key as string);
      write(item ?? null, out);
    }
    out.int(0);
  };
}

function floorThousandth(value: bigint): bigint {
  const quotient = value / 1000n;
  return value % 1000n < 0n ? quotient - 1n : quotient;
}
