import type { HttpMethod, OpenApiDocument, ParameterObject, RequestBodyObject, ResponseObject } from "../src/document.ts";
import { resolveReference } from "../src/resolve-reference.ts";

const methods: readonly HttpMethod[] = ["get", "put", "post", "delete", "patch"];

/** Renders the operation table, in the order of the document. */
export function renderOperations(document: OpenApiDocument): string {
  const rows: string[] = [];
  for (const [path, item] of Object.entries(document.paths)) {
    for (const method of methods) {
      const operation = item[method];
      if (operation === undefined) continue;
      const responses = Object.entries(operation.responses).map(
        ([status, response]) => [status, resolveReference<ResponseObject>(document, response)] as const,
      );
      const codes = new Set(responses.flatMap(([, response]) => response["x-error-codes"] ?? []));
      const body = operation.requestBody && resolveReference<RequestBodyObject>(document, operation.requestBody);
      const parameters = [...(item.parameters ?? []), ...(operation.parameters ?? [])].map((p) =>
        resolveReference<ParameterObject>(document, p),
      );
      const row = {
        method,
        path,
        tag: operation.tags[0],
        role: operation.security.flatMap((requirement) => Object.values(requirement).flat())[0] ?? null,
        statuses: responses.map(([status]) => Number(status)),
        queryDefaults: Object.fromEntries(
          parameters.filter((p) => p.in === "query" && "default" in p.schema).map((p) => [p.name, p.schema["default"]]),
        ),
        hasJsonBody: body !== undefined && "application/json" in body.content,
        hasFormBody: body !== undefined && "application/x-www-form-urlencoded" in body.content,
        streamedRequest: operation["x-streamed-request"] === true,
        streamed: operation["x-streamed"] === true,
        errorCodes: [...codes].sort(),
      };
      rows.push(`  ${operation.operationId}: ${JSON.stringify(row)},`);
    }
  }
  return `/** Every operation of the document, by its id. */\nexport const operationTable = {\n${rows.join("\n")}\n} as const;\n`;
}
