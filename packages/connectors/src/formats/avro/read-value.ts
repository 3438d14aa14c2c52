import type { ColumnType, Value } from "@headgate/engine";
import { longNumber, parseExactJson } from "../json/exact-json.ts";
import { compareMapKeys } from "../values/map-keys.ts";
import { bigintRanges, numberRanges } from "../values/integer-range.ts";
import { parseUuid } from "../values/uuid.ts";
import { variantText } from "../values/variant.ts";
import { AvroDataError, AvroSchemaError } from "./avro-error.ts";
import type { AvroSchema } from "./avro-schema.ts";
import type { ByteReader } from "./byte-reader.ts";
import { assertDecimal, assertTextKeys, columnForm, logicalName, misfit, timeDigits, timestampDigits } from "./column-form.ts";
import { compileSkipper } from "./skip-value.ts";
import { inColumn } from "./write-value.ts";

/** Reads a column's value in its canonical form. @throws AvroDataError | ValueError */
export type AvroReader = (input: ByteReader) => Value;

/** Compiles the reader of a column. @throws AvroSchemaError when the schema does not fit its type */
export function compileAvroReader(schema: AvroSchema, type: ColumnType): AvroReader {
  const { branch, nullBranch, schema: inner } = columnForm(schema);
  if (inner.kind === "null") return () => nullValue(type);
  const read = readerOf(inner, type);
  if (branch === undefined) return read;
  return (input) => {
    const chosen = input.int();
    if (chosen === branch) return read(input);
    if (chosen === nullBranch) return nullValue(type);
    throw new AvroDataError(`a union has no branch ${chosen}`);
  };
}

function nullValue(type: ColumnType): null {
  if (!type.nullable) throw new AvroDataError("null in a NOT NULL column");
  return null;
}

function readerOf(schema: AvroSchema, type: ColumnType): AvroReader {
  switch (type.type) {
    case "BOOLEAN":
      if (schema.kind !== "boolean") throw misfit(type, "boolean", schema);
      return (input) => input.byte() !== 0;
    case "TINYINT":
    case "SMALLINT":
    case "INTEGER":
    case "UTINYINT":
    case "USMALLINT":
    case "UINTEGER":
      return numberReader(schema, type, numberRanges[type.type]);
    case "BIGINT":
    case "UBIGINT":
      return bigintReader(schema, type, bigintRanges[type.type]);
    case "REAL":
      if (schema.kind !== "float") throw misfit(type, "float", schema);
      // Adding 0 turns -0 into 0, which SQL holds equal.
      return (input) => input.float() + 0;
    case "DOUBLE":
      if (schema.kind === "float") return (input) => input.float() + 0;
      if (schema.kind !== "double") throw misfit(type, "double or float", schema);
      return (input) => input.double() + 0;
    case "DECIMAL":
      return decimalReader(schema, type);
    case "CHAR":
    case "VARCHAR":
      return textReader(schema, type);
    case "UUID":
      if (schema.kind !== "string") throw misfit(type, "string", schema);
      return (input) => parseUuid(input.string());
    case "VARIANT":
      if (schema.kind !== "string") throw misfit(type, "string (of JSON text)", schema);
      return readVariant;
    case "BINARY":
    case "VARBINARY":
      if (schema.kind === "fixed") return (input) => input.fixed(schema.size);
      if (schema.kind !== "bytes" || logicalName(schema) === "decimal") throw misfit(type, "bytes or fixed", schema);
      return (input) => input.bytes();
    case "DATE":
      if (schema.kind !== "int") throw misfit(type, "int (date)", schema);
      return (input) => input.int();
    case "TIME":
      return timeReader(timeDigits(type, schema) === 6 ? 1n : 1000n);
    case "TIMESTAMP":
    case "TIMESTAMP_TZ": {
      if (timestampDigits(type, schema) === 6) return (input) => BigInt(input.long());
      return (input) => BigInt(input.long()) * 1000n;
    }
    default:
      return compositeReader(schema, type);
  }
}

function compositeReader(schema: AvroSchema, type: ColumnType): AvroReader {
  const element: ColumnType = { type: "VARIANT", nullable: true };
  switch (type.type) {
    case "ARRAY":
      if (schema.kind !== "array") throw misfit(type, "array", schema);
      return arrayReader(compileAvroReader(schema.items, type.component ?? element));
    case "MAP":
      if (schema.kind !== "map") throw misfit(type, "map", schema);
      assertTextKeys(type);
      return mapReader(compileAvroReader(schema.values, type.value ?? element));
    case "STRUCT":
      return structReader(schema, type);
    default:
      throw new AvroSchemaError(`Avro has no form for ${type.type}`);
  }
}

function numberReader(schema: AvroSchema, type: ColumnType, [lowest, highest]: readonly [number, number]): AvroReader {
  if (schema.kind !== "int" && schema.kind !== "long") throw misfit(type, "int or long", schema);
  return (input) => {
    const value = input.int();
    if (value >= lowest && value <= highest) return value;
    throw new AvroDataError(`expected ${type.type} between ${lowest} and ${highest}, found ${value}`);
  };
}

function bigintReader(schema: AvroSchema, type: ColumnType, [lowest, highest]: readonly [bigint, bigint]): AvroReader {
  const within = (value: bigint): bigint => {
    if (value >= lowest && value <= highest) return value;
    throw new AvroDataError(`expected ${type.type} between ${lowest} and ${highest}, found ${value}`);
  };
  if (schema.kind === "int" || schema.kind === "long") {
    return type.type === "BIGINT" ? (input) => BigInt(input.long()) : (input) => within(BigInt(input.long()));
  }
  if (schema.kind !== "string" || type.type !== "UBIGINT")
    throw misfit(type, type.type === "UBIGINT" ? "long, int or string" : "long or int", schema);
  return (input) => {
    const text = input.string();
    if (!/^\d{1,20}$/.test(text)) throw new AvroDataError(`expected digits, found ${JSON.stringify(text.slice(0, 80))}`);
    return within(BigInt(text));
  };
}

function decimalReader(schema: AvroSchema, type: ColumnType): AvroReader {
  assertDecimal(type, schema);
  const limit = 10n ** BigInt(type.precision ?? 38);
  return (input) => {
    const bytes = schema.kind === "fixed" ? input.fixed(schema.size) : input.bytes();
    // No decimal of 38 digits takes more; a longer one would only cost time.
    if (bytes.length > 64) throw new AvroDataError(`a decimal takes ${bytes.length} bytes`);
    const unsigned = bytes.length === 0 ? 0n : BigInt(`0x${Buffer.from(bytes).toString("hex")}`);
    const value = BigInt.asIntN(bytes.length * 8, unsigned);
    if (value < limit && value > -limit) return value;
    throw new AvroDataError(`a decimal has more than ${type.precision ?? 38} digits`);
  };
}

function textReader(schema: AvroSchema, type: ColumnType): AvroReader {
  if (schema.kind === "string") return (input) => input.string();
  if (schema.kind !== "enum") throw misfit(type, "string or enum", schema);
  return (input) => {
    const place = input.int();
    const symbol = schema.symbols[place];
    if (symbol === undefined) throw new AvroDataError(`the enum ${schema.name} has no symbol ${place}`);
    return symbol;
  };
}

function readVariant(input: ByteReader): string {
  const text = input.string();
  try {
    return variantText(longNumber.test(text) ? parseExactJson(text) : JSON.parse(text));
  } catch {
    throw new AvroDataError(`expected JSON text, found ${JSON.stringify(text.slice(0, 80))}`);
  }
}

function timeReader(unit: bigint): AvroReader {
  return (input) => {
    const value = BigInt(input.long()) * unit;
    if (value >= 0n && value < 86_400_000_000n) return value;
    throw new AvroDataError(`${value} microseconds are no time of day`);
  };
}

function arrayReader(read: AvroReader): AvroReader {
  return (input) => {
    const items: Value[] = [];
    input.blocks(() => items.push(read(input)));
    return items;
  };
}

function mapReader(read: AvroReader): AvroReader {
  return (input) => {
    const pairs = new Map<string, Value>();
    input.blocks(() => {
      const key = input.string();
      pairs.set(key, read(input));
    });
    return [...pairs].sort(([a], [b]) => compareMapKeys(a, b));
  };
}

function structReader(schema: AvroSchema, type: ColumnType): AvroReader {
  const fields = type.fields ?? [];
  if (schema.kind !== "record") throw misfit(type, "record", schema);
  const missing = fields.find(({ columnType, name }) => !columnType.nullable && !schema.fields.some((field) => field.name === name));
  if (missing !== undefined) throw new AvroSchemaError(`the schema has no field "${missing.name}", which is NOT NULL`);
  const steps = schema.fields.map(({ name, schema: inner }) => {
    const column = fields.findIndex((field) => field.name === name);
    const field = fields[column];
    if (field === undefined) return { column: -1, read: compileSkipper(inner) };
    return { column, read: inColumn(name, () => compileAvroReader(inner, field.columnType)) };
  });
  return (input) => {
    const values: Value[] = fields.map(() => null);
    for (const { column, read } of steps) {
      const value = read(input);
      if (column >= 0) values[column] = value ?? null;
    }
    return values;
  };
}
