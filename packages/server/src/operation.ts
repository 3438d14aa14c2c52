import type { ApiKeyRole } from "@headgate/manager";
import { dialectOf, type Dialect } from "./dialect.ts";
import {
  methods,
  resolve,
  type JsonSchema,
  type OpenApiDocument,
  type OperationObject,
  type ParameterObject,
  type RequestBodyObject,
  type ResponseObject,
} from "./document.ts";

/** How a request's body is treated: not read, parsed as JSON or as a form, or handed to the handler as a stream. */
export type BodyKind = "none" | "json" | "form" | "stream";

/** One operation of the contract, with every reference followed. */
export interface Operation {
  readonly id: string;
  /** Upper case. */
  readonly method: string;
  readonly path: string;
  readonly dialect: Dialect;
  /** Names of the path parameters, in order. */
  readonly pathParameters: readonly string[];
  readonly parameters: readonly ParameterObject[];
  readonly body: BodyKind;
  readonly bodyRequired: boolean;
  /** Fields of a form that are integers. */
  readonly integerFields: readonly string[];
  /** Media types of the request body; a wildcard accepts all. */
  readonly mediaTypes: readonly string[];
  readonly responses: Readonly<Record<string, ResponseObject>>;
  /** The role that the caller must have, as the contract's security names it; undefined for what anyone may call. */
  readonly role: ApiKeyRole | undefined;
}

/** Fields as a browser's form sends them. */
const formMediaType = "application/x-www-form-urlencoded";
const jsonMediaType = /^application\/(?:[\w.+-]+\+)?json$/;

/** JSON bodies are the ones whose schema describes a value; a binary schema means a stream, whatever its media type. */
function bodyKind(body: RequestBodyObject | undefined): BodyKind {
  if (body === undefined) return "none";
  const json = Object.entries(body.content).some(
    ([type, media]) => jsonMediaType.test(type) && media.schema !== undefined && media.schema["format"] !== "binary",
  );
  if (json) return "json";
  return formMediaType in body.content ? "form" : "stream";
}

function integerFields(document: OpenApiDocument, schema: JsonSchema | undefined): readonly string[] {
  if (schema === undefined) return [];
  const { properties = {} } = resolve<JsonSchema>(document, schema) as { readonly properties?: Readonly<Record<string, JsonSchema>> };
  return Object.entries(properties).flatMap(([name, { type }]) => (type === "integer" ? [name] : []));
}

/** An operation that does not say who may call it is not served at all, rather than served to everyone. */
function roleOf(operation: OperationObject): ApiKeyRole | undefined {
  if (operation.security?.length === 0) return undefined;
  const scope = Object.values(operation.security?.[0] ?? {})[0]?.[0];
  if (scope === "read" || scope === "write") return scope;
  throw new Error(`The operation ${operation.operationId} does not name the role that it needs.`);
}

/** Lists the operations of a document. */
export function readOperations(document: OpenApiDocument): readonly Operation[] {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    methods.flatMap((method) => {
      const operation = item[method] as OperationObject | undefined;
      if (operation === undefined) return [];
      const shared = (item["parameters"] ?? []) as OperationObject["parameters"] & object;
      const body = operation.requestBody && resolve<RequestBodyObject>(document, operation.requestBody);
      return [
        {
          id: operation.operationId,
          method: method.toUpperCase(),
          path,
          dialect: dialectOf(path),
          pathParameters: [...path.matchAll(/\{([^}]+)\}/g)].map((match) => match[1] as string),
          parameters: [...(operation.parameters ?? []), ...shared].map((p) => resolve<ParameterObject>(document, p)),
          body: bodyKind(body),
          bodyRequired: body?.required ?? false,
          integerFields: integerFields(document, body?.content[formMediaType]?.schema),
          mediaTypes: Object.keys(body?.content ?? {}),
          responses: Object.fromEntries(
            Object.entries(operation.responses).map(([status, r]) => [status, resolve<ResponseObject>(document, r)]),
          ),
          role: roleOf(operation),
        },
      ];
    }),
  );
}
