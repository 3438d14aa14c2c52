import type { ColumnType, Field } from "@headgate/engine";

/** A schema as Kafka Connect's JsonConverter writes it beside a payload. */
export interface ConnectSchema {
  readonly type: string;
  readonly field?: string;
  readonly optional?: boolean;
  readonly name?: string;
  readonly fields?: readonly ConnectSchema[];
  readonly items?: ConnectSchema;
  readonly keys?: ConnectSchema;
  readonly values?: ConnectSchema;
}

/** The schema of a message's value: a change with the row before or after it. */
export function connectEnvelopeSchema(fields: readonly Field[]): ConnectSchema {
  const row = { type: "struct", fields: fields.map(fieldSchema), optional: true };
  return {
    type: "struct",
    fields: [
      { field: "before", ...row },
      { field: "after", ...row },
      { field: "op", type: "string", optional: false },
    ],
    name: "Envelope",
  };
}

/** The schema of a message's key. */
export function connectKeySchema(fields: readonly Field[]): ConnectSchema {
  return { type: "struct", fields: fields.map(fieldSchema), name: "Key" };
}

function fieldSchema({ columnType, name }: Field): ConnectSchema {
  return { field: name, ...typeSchema(columnType), optional: columnType.nullable };
}

const plain: Readonly<Partial<Record<ColumnType["type"], ConnectSchema>>> = {
  BOOLEAN: { type: "boolean" },
  TINYINT: { type: "int8" },
  SMALLINT: { type: "int16" },
  UTINYINT: { type: "int16" },
  INTEGER: { type: "int32" },
  USMALLINT: { type: "int32" },
  UINTEGER: { type: "int64" },
  BIGINT: { type: "int64" },
  UBIGINT: { type: "int64" },
  REAL: { type: "float" },
  DOUBLE: { type: "double" },
  TIME: { type: "int32", name: "org.apache.kafka.connect.data.Time" },
  DATE: { type: "int32", name: "org.apache.kafka.connect.data.Date" },
  TIMESTAMP: { type: "int64", name: "org.apache.kafka.connect.data.Timestamp" },
  TIMESTAMP_TZ: { type: "int64", name: "org.apache.kafka.connect.data.Timestamp" },
};

function typeSchema(type: ColumnType): ConnectSchema {
  const variant: ColumnType = { type: "VARIANT", nullable: true };
  switch (type.type) {
    case "BINARY":
    case "VARBINARY":
      // Bytes are written as a list of numbers, which the converter does not take for its own (base64) form of bytes.
      return { type: "array", items: { type: "int16", optional: false } };
    case "ARRAY":
      return { type: "array", items: element(type.component ?? variant) };
    case "MAP":
      return { type: "map", keys: { type: "string", optional: false }, values: element(type.value ?? variant) };
    case "STRUCT":
      return { type: "struct", fields: (type.fields ?? []).map(fieldSchema) };
    default:
      // Decimals, UUIDs, intervals and VARIANT are written as strings.
      return plain[type.type] ?? { type: "string" };
  }
}

const element = (type: ColumnType): ConnectSchema => ({ ...typeSchema(type), optional: type.nullable });
