import type { ColumnType, Field } from "@headgate/engine";
import { AvroSchemaError } from "./avro-error.ts";
import { isAvroName } from "./avro-schema.ts";
import { assertTextKeys } from "./column-form.ts";
import { inColumn } from "./write-value.ts";

/** What a schema is derived from. */
export interface SchemaSource {
  /** Of the view, or of the index. */
  readonly name: string;
  readonly namespace: string | undefined;
  readonly fields: readonly Field[];
  /** Columns that make the key: the others may be absent whatever their type says. Undefined: none may. */
  readonly keyColumns?: readonly string[] | undefined;
}

type Json = string | { readonly [key: string]: unknown } | readonly unknown[];

/** Writes the schema of rows, as JSON. @throws AvroSchemaError when Avro has no form for a name or a type */
export function deriveAvroSchema({ fields, keyColumns, name, namespace }: SchemaSource): Record<string, unknown> {
  return {
    type: "record",
    name: checkedName(name),
    ...(namespace === undefined ? {} : { namespace }),
    fields: fields.map((field) => {
      const optional = keyColumns !== undefined && !keyColumns.includes(field.name);
      return {
        name: checkedName(field.name),
        type: inColumn(field.name, () => columnSchema(field.columnType, optional, `${name}_${field.name}`)),
      };
    }),
  };
}

function checkedName(name: string): string {
  if (isAvroName(name)) return name;
  throw new AvroSchemaError(`${JSON.stringify(name)} is no name in Avro (letters, digits and _): rename it in the view`);
}

function columnSchema(type: ColumnType, optional: boolean, path: string): Json {
  const inner = valueSchema(type, path);
  return (type.nullable || optional) && inner !== "null" ? ["null", inner] : inner;
}

const plain: Readonly<Partial<Record<ColumnType["type"], Json>>> = {
  BOOLEAN: "boolean",
  TINYINT: "int",
  SMALLINT: "int",
  INTEGER: "int",
  UTINYINT: "int",
  USMALLINT: "int",
  UINTEGER: "long",
  BIGINT: "long",
  // An Avro long holds half of them.
  UBIGINT: "string",
  REAL: "float",
  DOUBLE: "double",
  CHAR: "string",
  VARCHAR: "string",
  UUID: "string",
  VARIANT: "string",
  BINARY: "bytes",
  VARBINARY: "bytes",
  DATE: { type: "int", logicalType: "date" },
  TIME: { type: "long", logicalType: "time-micros" },
  TIMESTAMP: { type: "long", logicalType: "timestamp-micros" },
  TIMESTAMP_TZ: { type: "long", logicalType: "timestamp-micros" },
  NULL: "null",
};

function valueSchema(type: ColumnType, path: string): Json {
  switch (type.type) {
    case "DECIMAL":
      return { type: "bytes", logicalType: "decimal", precision: type.precision ?? 38, scale: type.scale ?? 0 };
    case "ARRAY":
      return { type: "array", items: columnSchema(type.component ?? { type: "VARIANT", nullable: true }, false, path) };
    case "MAP":
      assertTextKeys(type);
      return { type: "map", values: columnSchema(type.value ?? { type: "VARIANT", nullable: true }, false, path) };
    case "STRUCT":
      return deriveAvroSchema({ name: path, namespace: undefined, fields: type.fields ?? [] });
    default: {
      const schema = plain[type.type];
      if (schema === undefined) throw new AvroSchemaError(`Avro has no form for ${type.type}: CAST it in the view`);
      return schema;
    }
  }
}
