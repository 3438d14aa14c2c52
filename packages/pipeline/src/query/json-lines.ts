import { createJsonRowEncoder } from "@headgate/connectors";
import type { QueryRows } from "@headgate/engine";

/** A result as newline-delimited JSON. */
export async function* jsonLines(result: QueryRows): AsyncGenerator<Uint8Array> {
  const encode = createJsonRowEncoder(result.columns);
  for await (const rows of result.rows()) yield encode(rows);
}
