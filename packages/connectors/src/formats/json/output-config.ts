import type { EncoderTarget, TableSchema } from "@headgate/connector-kit";
import { ConnectorError } from "@headgate/connector-kit";
import { configFields, type ConfigFields } from "../config-fields.ts";
import { fieldIndex } from "../values/field-index.ts";
import { jsonFlavors, type JsonStyle } from "../values/json-style.ts";

const updates = ["insert_delete", "debezium", "snowflake", "redis"] as const;
const known = ["insert_delete", "weighted", "debezium", "snowflake", "raw", "redis"] as const;
export type JsonOutputUpdate = (typeof updates)[number];

export interface JsonOutputConfig {
  readonly update: JsonOutputUpdate;
  readonly style: JsonStyle;
  readonly array: boolean;
  readonly bufferSizeRecords: number;
  /** Positions of the columns that make a message's key; undefined: the whole row. */
  readonly keyColumns: readonly number[] | undefined;
  /** Messages carry their Connect schema, as the JsonConverter of Kafka Connect wants it. */
  readonly connectSchema: boolean;
}

/** Reads the configuration of the JSON output format. @throws ConnectorError `invalid_config` | `not_supported` */
export function parseJsonOutputConfig(config: unknown, schema: TableSchema, target?: EncoderTarget): JsonOutputConfig {
  const fields = configFields("json", config);
  const asked = fields.choice("update_format", known, "insert_delete");
  const update = updates.find((name) => name === asked);
  if (update === undefined) throw notSupported(`update_format "${asked}" is not supported for output; use one of ${updates.join(", ")}`);
  const takesMessages = target?.topic !== undefined;
  if (update === "redis" && !takesMessages) {
    throw notSupported('update_format "redis" needs a connector that takes messages with keys, such as kafka_output');
  }
  const keyColumns = parseKeyFields(fields, update, schema, takesMessages);
  const flavor = fields.choice("json_flavor", [...jsonFlavors.keys()], update === "snowflake" ? "snowflake" : "default");
  const parsed: JsonOutputConfig = {
    update,
    style: jsonFlavors.get(flavor) as JsonStyle,
    array: fields.flag("array", false),
    // To one message belongs one record, unless more are asked for.
    bufferSizeRecords: fields.count("buffer_size_records", takesMessages ? 1 : 10_000),
    keyColumns,
    connectSchema: takesMessages && update === "debezium" && flavor === "kafka_connect_json_converter",
  };
  fields.end();
  // A Debezium, Snowflake or Redis message is one change.
  return update === "insert_delete" ? parsed : { ...parsed, bufferSizeRecords: 1 };
}

function parseKeyFields(
  fields: ConfigFields,
  update: JsonOutputUpdate,
  schema: TableSchema,
  takesMessages: boolean,
): readonly number[] | undefined {
  const given = fields.value("key_fields");
  if (given === undefined) {
    if (update === "redis") throw invalid('update_format "redis" needs "key_fields": the columns that make the key');
    return undefined;
  }
  if (!takesMessages) throw notSupported('"key_fields" is not supported: records carry no separate key; remove it');
  if (update !== "debezium" && update !== "redis") {
    throw invalid('"key_fields" is only supported with update_format "debezium" or "redis"');
  }
  if (!Array.isArray(given) || given.length === 0) throw invalid('expected "key_fields" to be a list of one or more column names');
  const indexOf = fieldIndex(schema.fields);
  return given.map((name: unknown) => {
    const column = typeof name === "string" ? indexOf(name) : -1;
    if (column < 0) throw invalid(`"key_fields" names ${JSON.stringify(name)}, which is no column of "${schema.name}"`);
    return column;
  });
}

const invalid = (message: string): ConnectorError => new ConnectorError("invalid_config", `format "json": ${message}`);
const notSupported = (message: string): ConnectorError =>
  new ConnectorError("not_supported", `output format not supported: format "json": ${message}`);
