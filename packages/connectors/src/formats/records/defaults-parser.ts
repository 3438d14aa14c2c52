import type { Parser, TableSchema } from "@headgate/connector-kit";
import { evaluateDefaults, literalDefaults, type ColumnDefaults } from "./column-defaults.ts";
import { createStreamParser, type RecordReader } from "./stream-parser.ts";

/** Makes a parser whose reader knows the defaults of the table's columns from the first record on. */
export function createDefaultsParser(schema: TableSchema, createReader: (defaults: ColumnDefaults) => RecordReader): Parser {
  const { values, open } = literalDefaults(schema);
  const reader = createReader(values);
  if (open.length === 0) return createStreamParser(reader);
  return createStreamParser(reader, async () => {
    for (const [index, value] of await evaluateDefaults(schema, open)) values.set(index, value);
  });
}
