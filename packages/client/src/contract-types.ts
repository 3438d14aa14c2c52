import type { components, OperationId, operations } from "@headgate/contract";

type Schemas = components["schemas"];
export type ErrorCode = Schemas["ErrorCode"];

type Success = 200 | 201 | 202 | 204;
type Json<Response> = Response extends { content: { "application/json": infer Body } } ? Body : undefined;
type Responses<Id extends OperationId> = operations[Id]["responses"];
/** What a successful call of an operation gives. */
export type ReplyBody<Id extends OperationId> = {
  [Status in keyof Responses<Id> & Success]: Json<Responses<Id>[Status]>;
}[keyof Responses<Id> & Success];

type Parameters<Id extends OperationId, In extends "path" | "query"> = operations[Id]["parameters"] extends {
  [K in In]?: infer Values;
}
  ? NonNullable<Values>
  : never;
/** Parameters of an operation's path. */
export type PathOf<Id extends OperationId> = Parameters<Id, "path">;
/** Parameters of an operation's query string. */
export type QueryOf<Id extends OperationId> = Parameters<Id, "query">;
/** An operation's JSON body. */
export type BodyOf<Id extends OperationId> = operations[Id] extends {
  requestBody?: { content: { "application/json": infer Body } };
}
  ? Body
  : never;

type Member<Name extends string, Value> = [Value] extends [never]
  ? { readonly [K in Name]?: never }
  : Record<never, never> extends Value
    ? { readonly [K in Name]?: Value | undefined }
    : { readonly [K in Name]: Value };
/** What an operation is sent with. */
export type CallRequest<Id extends OperationId> = Member<"path", PathOf<Id>> & Member<"query", QueryOf<Id>> & Member<"body", BodyOf<Id>>;

export type Chunk = Schemas["Chunk"];
