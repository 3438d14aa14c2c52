import type { InputFormatDefinition } from "@headgate/connector-kit";
import { createDefaultsParser } from "../records/defaults-parser.ts";
import { parseJsonInputConfig, type JsonInputConfig } from "./input-config.ts";
import { createJsonRecordReader } from "./json-record-reader.ts";

/** JSON input: change events or bare rows, one after another or as elements of arrays. */
export const jsonInputFormat: InputFormatDefinition<JsonInputConfig> = {
  name: "json",
  parseConfig: parseJsonInputConfig,
  createParser: (config, schema) => createDefaultsParser(schema, (defaults) => createJsonRecordReader(config, schema, defaults)),
};
