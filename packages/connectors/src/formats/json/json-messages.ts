import type { Row } from "@headgate/engine";
import type { TableSchema } from "@headgate/connector-kit";
import type { MessageWriter } from "../records/message-encoder.ts";
import type { JsonStyle } from "../values/json-style.ts";
import { compileRowWriter } from "../values/write-json.ts";
import { compileTextWriter } from "../values/write-text.ts";
import { connectEnvelopeSchema, connectKeySchema } from "./connect-schema.ts";
import type { JsonOutputConfig } from "./output-config.ts";
import { createSnowflakeWriter } from "./snowflake-writer.ts";

/** Makes the writer of messages that are one change each. */
export function compileMessageWriter(config: JsonOutputConfig, schema: TableSchema): MessageWriter {
  const writeRow = compileRowWriter(schema.fields, config.style);
  switch (config.update) {
    case "insert_delete":
      return insertDeleteWriter(writeRow);
    case "debezium":
      return debeziumWriter(config, schema, writeRow);
    case "redis":
      return redisWriter(config, schema, writeRow);
    case "snowflake": {
      const write = createSnowflakeWriter(writeRow);
      return (row, weight) => ({ key: undefined, value: Buffer.from(write(row, weight)), orderedBy: Buffer.from(writeRow(row)) });
    }
  }
}

function insertDeleteWriter(writeRow: (row: Row) => string): MessageWriter {
  const prefix = '{"insert":'.length;
  return (row, weight) => {
    const value = Buffer.from((weight > 0 ? '{"insert":' : '{"delete":') + writeRow(row) + "}");
    // A row's insert and its delete have to reach a reader in order, and differ in their first word only.
    return { key: undefined, value, orderedBy: value.subarray(prefix) };
  };
}

function debeziumWriter(config: JsonOutputConfig, schema: TableSchema, writeRow: (row: Row) => string): MessageWriter {
  const { keyColumns, connectSchema, style } = config;
  const keyFields = keyColumns?.map((column) => schema.fields[column]).filter((field) => field !== undefined) ?? schema.fields;
  const writeKey = keyColumns === undefined ? writeRow : keyWriter(schema, keyColumns, style);
  const keyStart = connectSchema ? `{"schema":${JSON.stringify(connectKeySchema(keyFields))},"payload":` : '{"payload":';
  const start = connectSchema ? `{"schema":${JSON.stringify(connectEnvelopeSchema(schema.fields))},"payload":` : '{"payload":';
  return (row, weight) => {
    const text = writeRow(row);
    return {
      key: Buffer.from(keyStart + (writeKey === writeRow ? text : writeKey(row)) + "}"),
      value: Buffer.from(start + (weight > 0 ? '{"op":"c","after":' : '{"op":"d","before":') + text + "}}"),
    };
  };
}

function keyWriter(schema: TableSchema, columns: readonly number[], style: JsonStyle): (row: Row) => string {
  const write = compileRowWriter(
    columns.flatMap((column) => schema.fields[column] ?? []),
    style,
  );
  return (row) => write(columns.map((column) => row[column] ?? null));
}

/** Key columns as text, with ":" between them; the row as the value, and none when it is gone. */
function redisWriter(config: JsonOutputConfig, schema: TableSchema, writeRow: (row: Row) => string): MessageWriter {
  const parts = (config.keyColumns ?? []).flatMap((column) => {
    const field = schema.fields[column];
    return field === undefined ? [] : [{ column, write: compileTextWriter(field.columnType) }];
  });
  return (row, weight) => {
    const key = parts.map(({ column, write }) => ((row[column] ?? null) === null ? "null" : write(row[column] ?? null))).join(":");
    return { key: Buffer.from(key), value: weight > 0 ? Buffer.from(writeRow(row)) : null };
  };
}
