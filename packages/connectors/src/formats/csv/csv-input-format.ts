import type { InputFormatDefinition } from "@headgate/connector-kit";
import { createDefaultsParser } from "../records/defaults-parser.ts";
import { parseCsvInputConfig, type CsvInputConfig } from "./csv-input-config.ts";
import { createCsvRecordReader } from "./csv-record-reader.ts";

/** CSV input: inserts only, columns by position. */
export const csvInputFormat: InputFormatDefinition<CsvInputConfig> = {
  name: "csv",
  parseConfig: parseCsvInputConfig,
  createParser: (config, schema) => createDefaultsParser(schema, (defaults) => createCsvRecordReader(config, schema, defaults)),
};
