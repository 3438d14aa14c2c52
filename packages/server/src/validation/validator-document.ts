import type { OpenApiDocument } from "../document.ts";

/** The validator's own type for a document. */
type ValidatorDocument = Exclude<Parameters<typeof import("express-openapi-validator").middleware>[0]["apiSpec"], string>;

/**
 * A copy of the document for express-openapi-validator, which writes into what it gets, with two of its habits undone:
 * it refuses unescaped `+ * ( )` in query values unless told that they are allowed, and it takes a request body whose
 * `required` is left out for a required one.
 */
export function toValidatorDocument(document: OpenApiDocument): ValidatorDocument {
  const copy = structuredClone(document);
  adjust(copy);
  return copy as unknown as ValidatorDocument;
}

function adjust(node: unknown): void {
  if (Array.isArray(node)) return node.forEach(adjust);
  if (typeof node !== "object" || node === null) return;
  const object = node as Record<string, unknown>;
  if (object["in"] === "query" && typeof object["name"] === "string") object["allowReserved"] = true;
  const body = object["requestBody"];
  if (typeof body === "object" && body !== null && !("$ref" in body) && !("required" in body)) Object.assign(body, { required: false });
  Object.values(object).forEach(adjust);
}
