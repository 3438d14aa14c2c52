import type { InputFormatDefinition, OutputFormatDefinition } from "@headgate/connector-kit";
import { avroInputFormat } from "./avro/avro-input-format.ts";
import { avroOutputFormat } from "./avro/avro-output-format.ts";
import { csvInputFormat } from "./csv/csv-input-format.ts";
import { csvOutputFormat } from "./csv/csv-output-format.ts";
import { jsonInputFormat } from "./json/json-input-format.ts";
import { jsonOutputFormat } from "./json/json-output-format.ts";
import { parquetInputFormat } from "./parquet/parquet-input-format.ts";
import { rawInputFormat } from "./raw/raw-input-format.ts";

/** The input formats a connector can name. */
export const inputFormats: ReadonlyMap<string, InputFormatDefinition> = new Map(
  ([avroInputFormat, csvInputFormat, jsonInputFormat, parquetInputFormat, rawInputFormat] as InputFormatDefinition[]).map((format) => [
    format.name,
    format,
  ]),
);

/** The output formats a connector can name. */
export const outputFormats: ReadonlyMap<string, OutputFormatDefinition> = new Map(
  ([avroOutputFormat, csvOutputFormat, jsonOutputFormat] as OutputFormatDefinition[]).map((format) => [format.name, format]),
);
