import type { InputFormatDefinition } from "@headgate/connector-kit";
import { configFields } from "../config-fields.ts";
import { createParquetParser } from "./parquet-parser.ts";

/** Parquet input: whole files, every row an insert, columns by name. */
export const parquetInputFormat: InputFormatDefinition<Record<string, never>> = {
  name: "parquet",
  parseConfig(config) {
    configFields("parquet", config).end();
    return {};
  },
  createParser: (_config, schema, { scratchDirectory }) => createParquetParser(schema, scratchDirectory),
};
