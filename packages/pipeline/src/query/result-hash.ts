import { createHash } from "node:crypto";
import type { QueryRows } from "@headgate/engine";
import { PipelineError } from "../errors.ts";
import { jsonLines } from "./json-lines.ts";

const maxBytes = 1024 * 1024 * 1024;

/** Upper-case hex SHA-256 over the result's rows as JSON lines in sorted order, so that equal multisets hash equally. */
export async function resultHash(result: QueryRows): Promise<string> {
  const lines: string[] = [];
  let bytes = 0;
  for await (const chunk of jsonLines(result)) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) throw new PipelineError("AdHocQueryError", "Error during query processing: the result is too large to hash.");
    // No line break can stand inside a line, and every line ends with one.
    for (const line of Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString("utf8").split("\n")) {
      if (line !== "") lines.push(line);
    }
  }
  lines.sort();
  const hash = createHash("sha256");
  for (const line of lines) hash.update(line).update("\n");
  return hash.digest("hex").toUpperCase();
}
