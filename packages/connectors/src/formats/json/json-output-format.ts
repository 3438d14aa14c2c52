import type { Row } from "@headgate/engine";
import type { Encoder, EncoderTarget, OutputFormatDefinition, TableSchema } from "@headgate/connector-kit";
import { encodeChunks, type ChunkShape } from "../records/chunk-encoder.ts";
import { encodeMessages } from "../records/message-encoder.ts";
import { compileRowWriter } from "../values/write-json.ts";
import { compileMessageWriter } from "./json-messages.ts";
import { parseJsonOutputConfig, type JsonOutputConfig } from "./output-config.ts";
import { createSnowflakeWriter } from "./snowflake-writer.ts";

/** Characters of several records in one message: below the usual limit of a megabyte, whatever the characters. */
const messageLength = 256 * 1024;

/** JSON output: one change event per copy of a row, on lines, in arrays, or as messages. */
export const jsonOutputFormat: OutputFormatDefinition<JsonOutputConfig> = {
  name: "json",
  parseConfig: parseJsonOutputConfig,
  createEncoder: (config, schema, target) => {
    const single = config.bufferSizeRecords === 1 && !config.array;
    return target?.topic !== undefined && single ? messageEncoder(config, schema) : chunkEncoder(config, schema, target);
  },
  keyed: ({ update }) => update === "debezium" || update === "redis",
};

function messageEncoder(config: JsonOutputConfig, schema: TableSchema): Encoder {
  const write = compileMessageWriter(config, schema);
  return { encode: (delta) => encodeMessages(delta, write) };
}

function chunkEncoder(config: JsonOutputConfig, schema: TableSchema, target: EncoderTarget | undefined): Encoder {
  const shape: ChunkShape = {
    records: config.bufferSizeRecords,
    open: config.array ? "[" : "",
    separator: config.array ? "," : "\n",
    close: config.array ? "]\n" : "\n",
    write: recordWriter(config, schema),
    weighted: false,
    ...(target?.topic === undefined ? {} : { length: messageLength }),
  };
  return { encode: (delta) => encodeChunks(delta, shape) };
}

function recordWriter(config: JsonOutputConfig, schema: TableSchema): (row: Row, weight: number) => string {
  const writeRow = compileRowWriter(schema.fields, config.style);
  if (config.update === "debezium") {
    return (row, weight) => (weight > 0 ? '{"payload":{"op":"c","after":' : '{"payload":{"op":"d","before":') + writeRow(row) + "}}";
  }
  if (config.update === "snowflake") return createSnowflakeWriter(writeRow);
  return (row, weight) => (weight > 0 ? '{"insert":' : '{"delete":') + writeRow(row) + "}";
}
