/**
 * The contract: the bundled OpenAPI document, the operation table, and the types made from them. No I/O; it knows none of the
 * packages that serve or call it.
 */
export { enumValues } from "./generated/enums.ts";
export { openapiDocument } from "./generated/openapi.ts";
export { operationTable } from "./generated/operations.ts";
export type { components, operations, paths } from "./generated/schema.ts";
export type {
  ExampleObject,
  HttpMethod,
  MediaTypeObject,
  OpenApiDocument,
  OperationObject,
  ParameterObject,
  PathItemObject,
  ReferenceObject,
  RequestBodyObject,
  ResponseObject,
  SchemaObject,
} from "./document.ts";
export type { Handler, Handlers, OperationId, OperationRequest, Reply, StreamChunk } from "./operation.ts";
export { resolveReference } from "./resolve-reference.ts";
export { errorCodeValues, isErrorCode, type ErrorCode, type Schemas } from "./schemas.ts";
