import type { QueryRows, ResultColumn, Row } from "@headgate/engine";
import { toJson } from "./value-text.ts";

/** One row as a JSON object. */
export function rowToJson(columns: readonly ResultColumn[]): (row: Row) => string {
  const keys = columns.map((column) => `${JSON.stringify(column.name)}:`);
  return (row) => {
    let text = "{";
    for (let i = 0; i < keys.length; i += 1) {
      const column = columns[i];
      if (column === undefined) break;
      text += `${i === 0 ? "" : ","}${keys[i] ?? ""}${toJson(row[i] ?? null, column.columnType)}`;
    }
    return `${text}}`;
  };
}

/** A result as newline-delimited JSON. */
export async function* jsonLines(result: QueryRows): AsyncGenerator<string> {
  const toLine = rowToJson(result.columns);
  for await (const rows of result.rows()) {
    let text = "";
    for (const row of rows) text += `${toLine(row)}\n`;
    yield text;
  }
}
