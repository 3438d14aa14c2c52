import ajvModule, { type Ajv2020 as AjvInstance, type Options } from "ajv/dist/2020.js";
import formatsModule from "ajv-formats";
import type { OpenApiDocument } from "../document.ts";
import { openApiFormats } from "./formats.ts";

const { Ajv2020 } = ajvModule;
const addFormats = formatsModule.default;

/** Schemas of the document are registered under this id. */
const documentId = "headgate:contract";

/** A validator factory over the document's own component schemas. */
export function createAjv(document: OpenApiDocument, options: Options): AjvInstance {
  const ajv = new Ajv2020({ strict: false, validateSchema: false, ...options });
  addFormats(ajv, { mode: "fast" });
  ajv.addFormat("media-range", true);
  for (const [name, format] of Object.entries(openApiFormats)) ajv.addFormat(name, format);
  ajv.addSchema({ $id: documentId, components: document.components ?? {} });
  return ajv;
}

/** Rewrites references into the document so that they are found from any schema. */
export function anchored(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(anchored);
  if (typeof schema !== "object" || schema === null) return schema;
  return Object.fromEntries(
    Object.entries(schema).map(([key, value]) =>
      key === "$ref" && typeof value === "string" && value.startsWith("#/") ? [key, `${documentId}${value}`] : [key, anchored(value)],
    ),
  );
}
