import type { InputFormatDefinition } from "@headgate/connector-kit";
import { evaluateDefaults, literalDefaults } from "../records/column-defaults.ts";
import { createStreamParser } from "../records/stream-parser.ts";
import { parseJsonInputConfig, type JsonInputConfig } from "./input-config.ts";
import { createJsonRecordReader } from "./json-record-reader.ts";

/** JSON input: change events or bare rows, one after another or as elements of arrays. */
export const jsonInputFormat: InputFormatDefinition<JsonInputConfig> = {
  name: "json",
  parseConfig: parseJsonInputConfig,
  createParser(config, schema) {
    const { values, open } = literalDefaults(schema);
    const reader = createJsonRecordReader(config, schema, values);
    if (open.length === 0) return createStreamParser(reader);
    return createStreamParser(reader, async () => {
      for (const [index, value] of await evaluateDefaults(schema, open)) values.set(index, value);
    });
  },
};
