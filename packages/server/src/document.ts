/**
 * The bundled OpenAPI document as the server reads it: just the parts that routing and validation need.
 */
export type JsonSchema = Readonly<Record<string, unknown>>;

export interface ParameterObject {
  readonly name: string;
  readonly in: "query" | "path" | "header" | "cookie";
  readonly required?: boolean;
  readonly schema?: JsonSchema;
}
export interface MediaTypeObject {
  readonly schema?: JsonSchema;
}
export interface RequestBodyObject {
  readonly required?: boolean;
  readonly content: Readonly<Record<string, MediaTypeObject>>;
}
export interface ResponseObject {
  readonly content?: Readonly<Record<string, MediaTypeObject>>;
}
export interface Reference {
  readonly $ref: string;
}
export interface OperationObject {
  readonly operationId: string;
  readonly parameters?: readonly (ParameterObject | Reference)[];
  readonly requestBody?: RequestBodyObject | Reference;
  readonly responses: Readonly<Record<string, ResponseObject | Reference>>;
  readonly security?: readonly Readonly<Record<string, readonly string[]>>[];
}
export interface OpenApiDocument {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly components?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly security?: readonly Readonly<Record<string, readonly string[]>>[];
}

export const methods = ["get", "put", "post", "delete", "patch"] as const;

/** Follows `$ref`s inside the document. */
export function resolve<T extends object>(document: OpenApiDocument, value: T | Reference): T {
  let current: unknown = value;
  for (let depth = 0; depth < 16; depth += 1) {
    if (typeof current !== "object" || current === null) break;
    const reference = (current as Partial<Reference>).$ref;
    if (typeof reference !== "string") return current as T;
    current = reference
      .replace(/^#\//, "")
      .split("/")
      .reduce<unknown>(
        (node, key) => (node as Readonly<Record<string, unknown>> | undefined)?.[key.replaceAll("~1", "/").replaceAll("~0", "~")],
        document,
      );
  }
  throw new Error(`The document holds a reference that leads nowhere: ${JSON.stringify(value)}`);
}
