import type { InputFormatDefinition, OutputFormatDefinition } from "@headgate/connector-kit";
import { jsonInputFormat } from "./json/json-input-format.ts";
import { jsonOutputFormat } from "./json/json-output-format.ts";

/** The input formats a connector can name. */
export const inputFormats: ReadonlyMap<string, InputFormatDefinition> = new Map(
  [jsonInputFormat].map((format) => [format.name, format as InputFormatDefinition]),
);

/** The output formats a connector can name. */
export const outputFormats: ReadonlyMap<string, OutputFormatDefinition> = new Map(
  [jsonOutputFormat].map((format) => [format.name, format as OutputFormatDefinition]),
);
