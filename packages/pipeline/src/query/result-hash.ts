import { createHash } from "node:crypto";
import type { QueryRows } from "@headgate/engine";
import { PipelineError } from "../errors.ts";
import { rowToJson } from "./json-lines.ts";

const maxBytes = 1024 * 1024 * 1024;

/** Upper-case hex SHA-256 over the result's rows as JSON lines in sorted order, so that equal multisets hash equally. */
export async function resultHash(result: QueryRows): Promise<string> {
  const toLine = rowToJson(result.columns);
  const lines: string[] = [];
  let bytes = 0;
  for await (const rows of result.rows()) {
    for (const row of rows) {
      const line = toLine(row);
      bytes += line.length;
      lines.push(line);
    }
    if (bytes > maxBytes) throw new PipelineError("AdHocQueryError", "Error during query processing: the result is too large to hash.");
  }
  lines.sort();
  const hash = createHash("sha256");
  for (const line of lines) hash.update(line).update("\n");
  return hash.digest("hex").toUpperCase();
}
