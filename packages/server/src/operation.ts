import type { ApiKeyRole } from "@headgate/manager";
import {
  methods,
  resolve,
  type OpenApiDocument,
  type OperationObject,
  type ParameterObject,
  type RequestBodyObject,
  type ResponseObject,
} from "./document.ts";

/** How a request's body is treated: not read, parsed as JSON, or handed to the handler as a stream. */
export type BodyKind = "none" | "json" | "stream";

/** One operation of the contract, with every reference followed. */
export interface Operation {
  readonly id: string;
  /** Upper case. */
  readonly method: string;
  readonly path: string;
  /** Names of the path parameters, in order. */
  readonly pathParameters: readonly string[];
  readonly parameters: readonly ParameterObject[];
  readonly body: BodyKind;
  readonly bodyRequired: boolean;
  /** Media types of the request body; a wildcard accepts all. */
  readonly mediaTypes: readonly string[];
  readonly responses: Readonly<Record<string, ResponseObject>>;
  /** The role that the caller must have, as the contract's security names it; undefined for what anyone may call. */
  readonly role: ApiKeyRole | undefined;
}

const jsonMediaType = /^application\/(?:[\w.+-]+\+)?json$/;

/** JSON bodies are the ones whose schema describes a value; a binary schema means a stream, whatever its media type. */
function bodyKind(body: RequestBodyObject | undefined): BodyKind {
  if (body === undefined) return "none";
  const json = Object.entries(body.content).some(
    ([type, media]) => jsonMediaType.test(type) && media.schema !== undefined && media.schema["format"] !== "binary",
  );
  return json ? "json" : "stream";
}

/** An operation that does not say who may call it is not served at all, rather than served to everyone. */
function roleOf(operation: OperationObject): ApiKeyRole | undefined {
  if (operation.security?.length === 0) return undefined;
  const scope = operation.security?.[0]?.["apiKey"]?.[0];
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
          pathParameters: [...path.matchAll(/\{([^}]+)\}/g)].map((match) => match[1] as string),
          parameters: [...(operation.parameters ?? []), ...shared].map((p) => resolve<ParameterObject>(document, p)),
          body: bodyKind(body),
          bodyRequired: body?.required ?? false,
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
