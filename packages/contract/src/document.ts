/** The parts of an OpenAPI 3.1 document that are read here, after bundling: every `$ref` points into `components`. */
export interface OpenApiDocument {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly version: string; readonly [field: string]: unknown };
  readonly servers: readonly { readonly url: string; readonly description?: string }[];
  readonly paths: Readonly<Record<string, PathItemObject>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, SchemaObject>>;
    readonly responses: Readonly<Record<string, ResponseObject>>;
    readonly parameters: Readonly<Record<string, ParameterObject>>;
    readonly requestBodies: Readonly<Record<string, RequestBodyObject>>;
    readonly headers: Readonly<Record<string, unknown>>;
    readonly examples: Readonly<Record<string, ExampleObject>>;
    readonly securitySchemes: Readonly<Record<string, unknown>>;
  };
  readonly [field: string]: unknown;
}
/** Points into the bundled document. */
export interface ReferenceObject {
  readonly $ref: string;
}
export type HttpMethod = "get" | "put" | "post" | "delete" | "patch";
export type PathItemObject = { readonly [M in HttpMethod]?: OperationObject } & {
  readonly parameters?: readonly (ParameterObject | ReferenceObject)[];
};
export interface OperationObject {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description: string;
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
  readonly parameters?: readonly (ParameterObject | ReferenceObject)[];
  readonly requestBody?: RequestBodyObject | ReferenceObject;
  readonly responses: Readonly<Record<string, ResponseObject | ReferenceObject>>;
  readonly [extension: `x-${string}`]: unknown;
}
export interface ParameterObject {
  readonly name: string;
  readonly in: "path" | "query" | "header";
  readonly required?: boolean;
  readonly schema: SchemaObject;
  readonly [field: string]: unknown;
}
export interface RequestBodyObject {
  readonly required?: boolean;
  readonly content: Readonly<Record<string, MediaTypeObject>>;
  readonly [field: string]: unknown;
}
export interface ResponseObject {
  readonly description: string;
  readonly content?: Readonly<Record<string, MediaTypeObject>>;
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly "x-error-codes"?: readonly string[];
  readonly [field: string]: unknown;
}
export interface MediaTypeObject {
  readonly schema: SchemaObject;
  readonly example?: unknown;
  readonly examples?: Readonly<Record<string, ExampleObject | ReferenceObject>>;
}
export interface ExampleObject {
  readonly summary?: string;
  readonly value: unknown;
}
/** A JSON Schema of draft 2020-12. */
export type SchemaObject = Readonly<Record<string, unknown>>;
