import type { Field, Row } from "@headgate/engine";
import { defaultJsonStyle } from "../values/json-style.ts";
import { compileRowWriter } from "../values/write-json.ts";

/** Writes rows as lines of plain JSON objects, one per row (`{"a":1}`), as the results of ad-hoc queries are. */
export function createJsonRowEncoder(fields: readonly Field[]): (rows: Iterable<Row>) => Uint8Array {
  const write = compileRowWriter(fields, defaultJsonStyle);
  return (rows) => {
    let text = "";
    for (const row of rows) text += write(row) + "\n";
    return Buffer.from(text, "utf8");
  };
}
