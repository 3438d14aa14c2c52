import type { Parser, TableSchema } from "@headgate/connector-kit";
import { evaluateDefaults, literalDefaults, type ColumnDefaults } from "./column-defaults.ts";
import { MetadataColumns } from "./metadata-columns.ts";
import { createStreamParser, type RecordReader } from "./stream-parser.ts";

/** Makes a parser whose reader knows the defaults of the table's columns from the first record on. */
export function createDefaultsParser(schema: TableSchema, createReader: (defaults: ColumnDefaults) => RecordReader): Parser {
  const { values, open } = literalDefaults(schema, { metadata: true });
  const metadata = MetadataColumns.of(schema);
  const reader = createReader(values);
  const settle = async (): Promise<void> => {
    for (const [index, value] of await evaluateDefaults(schema, open)) values.set(index, value);
  };
  return createStreamParser(reader, { metadata, ready: open.length === 0 ? undefined : settle });
}
