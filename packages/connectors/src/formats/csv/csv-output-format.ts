import type { Field, Row, Value } from "@headgate/engine";
import { ConnectorError, type OutputFormatDefinition } from "@headgate/connector-kit";
import { configFields } from "../config-fields.ts";
import { encodeChunks } from "../records/chunk-encoder.ts";
import { compileTextWriter, type TextWriter } from "../values/write-text.ts";

export interface CsvOutputConfig {
  readonly delimiter: string;
  readonly bufferSizeRecords: number;
}

/** CSV output: one line per distinct row, its weight in the last field, no header. */
export const csvOutputFormat: OutputFormatDefinition<CsvOutputConfig> = {
  name: "csv",
  parseConfig(config) {
    const fields = configFields("csv", config);
    const parsed = {
      delimiter: fields.character("delimiter", ","),
      bufferSizeRecords: fields.count("buffer_size_records", 10_000),
    };
    fields.end();
    if (/["\r\n]/.test(parsed.delimiter)) {
      throw new ConnectorError("invalid_config", 'format "csv": "delimiter" cannot be a quote or a line break');
    }
    return parsed;
  },
  createEncoder(config, schema) {
    const write = compileLineWriter(schema.fields, config.delimiter);
    const shape = { records: config.bufferSizeRecords, open: "", separator: "\n", close: "\n", write, weighted: true };
    return { encode: (delta) => encodeChunks(delta, shape) };
  },
};

function compileLineWriter(fields: readonly Field[], delimiter: string): (row: Row, weight: number) => string {
  const writers = fields.map((field) => fieldWriter(field, delimiter));
  return (row, weight) => {
    let text = "";
    for (let index = 0; index < writers.length; index++) {
      text += (writers[index] as TextWriter)(row[index] as Value) + delimiter;
    }
    return text + String(weight);
  };
}

/** NULL is an empty field; an empty string is a quoted one, which readers that care can tell apart. */
function fieldWriter({ columnType }: Field, delimiter: string): TextWriter {
  const write = compileTextWriter(columnType);
  const special = new RegExp(`["\\r\\n${delimiter.replace(/[\\\]^-]/, "\\$&")}]|^\\s|\\s$`);
  return (value) => {
    if (value === null) return "";
    const text = write(value);
    if (text === "") return '""';
    return special.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
}
