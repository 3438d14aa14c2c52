import type { Row } from "@headgate/engine";
import { ConnectorError, type OutputFormatDefinition } from "@headgate/connector-kit";
import { configFields } from "../config-fields.ts";
import { encodeChunks, type ChunkShape } from "../records/chunk-encoder.ts";
import { jsonFlavors, type JsonStyle } from "../values/json-style.ts";
import { compileRowWriter } from "../values/write-json.ts";

const updates = ["insert_delete", "debezium"] as const;
const known = ["insert_delete", "weighted", "debezium", "snowflake", "raw", "redis"] as const;

export interface JsonOutputConfig {
  readonly update: (typeof updates)[number];
  readonly style: JsonStyle;
  readonly array: boolean;
  readonly bufferSizeRecords: number;
}

/** JSON output: one change event per copy of a row, on lines or in arrays. */
export const jsonOutputFormat: OutputFormatDefinition<JsonOutputConfig> = {
  name: "json",
  parseConfig(config) {
    const fields = configFields("json", config);
    const asked = fields.choice("update_format", known, "insert_delete");
    const update = updates.find((name) => name === asked);
    if (update === undefined) throw notSupported(`update_format "${asked}" is not supported for output; use one of ${updates.join(", ")}`);
    if (fields.value("key_fields") !== undefined) {
      throw notSupported('"key_fields" is not supported: records carry no separate key; remove it');
    }
    const parsed: JsonOutputConfig = {
      update,
      style: jsonFlavors.get(fields.choice("json_flavor", [...jsonFlavors.keys()], "default")) as JsonStyle,
      array: fields.flag("array", false),
      bufferSizeRecords: fields.count("buffer_size_records", 10_000),
    };
    fields.end();
    // A Debezium message is one change.
    return update === "debezium" ? { ...parsed, bufferSizeRecords: 1 } : parsed;
  },
  createEncoder(config, schema) {
    const writeRow = compileRowWriter(schema.fields, config.style);
    const shape: ChunkShape = {
      records: config.bufferSizeRecords,
      open: config.array ? "[" : "",
      separator: config.array ? "," : "\n",
      close: config.array ? "]\n" : "\n",
      write: config.update === "debezium" ? debeziumWriter(writeRow) : insertDeleteWriter(writeRow),
      weighted: false,
    };
    return { encode: (delta) => encodeChunks(delta, shape) };
  },
};

function insertDeleteWriter(writeRow: (row: Row) => string): ChunkShape["write"] {
  return (row, weight) => (weight > 0 ? '{"insert":' : '{"delete":') + writeRow(row) + "}";
}

function debeziumWriter(writeRow: (row: Row) => string): ChunkShape["write"] {
  return (row, weight) => (weight > 0 ? '{"payload":{"op":"c","after":' : '{"payload":{"op":"d","before":') + writeRow(row) + "}}";
}

function notSupported(message: string): ConnectorError {
  return new ConnectorError("not_supported", `output format not supported: format "json": ${message}`);
}
