import { Readable } from "node:stream";
import { parseIdentifier } from "../wire/identifier.ts";
import { parseQueryContentType } from "../wire/query-result.ts";
import type { HandlersOf, Services } from "./services.ts";

export function dataHandlers({ manager: { interaction } }: Services) {
  return {
    ingestRecords: async ({ params: { pipeline_name, table_name }, queryString, body, signal }) => {
      const records = body instanceof Readable ? body : Readable.from(body);
      const query = new URLSearchParams(queryString);
      const { token } = await interaction.ingress(pipeline_name, parseIdentifier(table_name), query, records, signal);
      return { status: 200, body: { token } };
    },
    subscribeToChanges: async ({ params: { pipeline_name, table_name }, queryString, body, signal }) => {
      const query = new URLSearchParams(queryString);
      const stream = await interaction.egress(pipeline_name, parseIdentifier(table_name), query, body, signal);
      return { status: 200, contentType: "application/json", stream };
    },
    runQuery: async ({ params, query: { sql, format = "text" }, signal }) => {
      const { contentType, body } = await interaction.query(params.pipeline_name, sql, format, signal);
      return { status: 200, contentType: parseQueryContentType(contentType), stream: body };
    },
  } satisfies HandlersOf<"data">;
}
