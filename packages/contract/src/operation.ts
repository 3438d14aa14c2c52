/**
 * Types that tie a handler to its operation in the document. A handler that is missing or not in the document, a status that is
 * not declared and a body of another shape are compile errors under `satisfies Handlers`.
 */
import type { operationTable } from "./generated/operations.ts";
import type { operations } from "./generated/schema.ts";

/** The id of an operation, which is also the name of its handler, its client method and its suite. */
export type OperationId = keyof typeof operationTable & keyof operations;

type Table = typeof operationTable;
type Success = 200 | 201 | 202 | 204;
/** What a stream carries: text is sent as UTF-8. */
export type StreamChunk = string | Uint8Array;

type OrNothing<T> = [T] extends [never] ? Record<never, never> : T extends undefined ? Record<never, never> : T;
type PathParams<Op> = Op extends { parameters: { path: infer P } } ? P : Record<never, never>;
type Query<Op> = Op extends { parameters: { query?: infer Q } } ? OrNothing<NonNullable<Q>> : Record<never, never>;
type Defaulted<Id extends OperationId> = keyof Table[Id]["queryDefaults"];
/** A parameter with a default is always there once the request has been checked. */
type CheckedQuery<Id extends OperationId, Q = Query<operations[Id]>> = Omit<Q, Defaulted<Id>> & {
  readonly [K in keyof Q as K extends Defaulted<Id> ? K : never]-?: Exclude<Q[K], undefined>;
};
type ParsedContent<B> = B extends { content: { "application/json": infer Json } }
  ? Json
  : B extends { content: { "application/x-www-form-urlencoded": infer Form } }
    ? Form
    : never;
type JsonRequest<Op> = Op extends { requestBody: infer B }
  ? ParsedContent<B>
  : Op extends { requestBody?: infer B }
    ? ParsedContent<NonNullable<B>> | undefined
    : undefined;

/** What a handler is given: the request, checked against the document. */
export interface OperationRequest<Id extends OperationId> {
  /** Path parameters, percent-decoded. */
  readonly params: PathParams<operations[Id]>;
  /** Known query parameters, converted to their types, defaults filled in. */
  readonly query: CheckedQuery<Id>;
  /** The query string as received, without `?`, for operations that take fields beyond the declared ones. */
  readonly queryString: string;
  /** The parsed body, or the bytes as they arrive where the document streams the request. */
  readonly body: Table[Id]["streamedRequest"] extends true ? AsyncIterable<Uint8Array> : JsonRequest<operations[Id]>;
  /** The role of the caller's API key; null where authentication is off or not asked for. */
  readonly role: "read" | "write" | null;
  /** Aborts when the caller has gone away. */
  readonly signal: AbortSignal;
}

type ContentOf<R> = R extends { content: infer C } ? C : never;
type BodyReply<C> = {
  readonly [M in keyof C]: M extends "application/json" ? { readonly body: C[M] } : { readonly contentType: M; readonly body: C[M] };
}[keyof C];
type StreamReply<C> = { readonly [M in keyof C]: { readonly contentType: M; readonly stream: AsyncIterable<StreamChunk> } }[keyof C];
type ReplyOf<Id extends OperationId, R, S> = { readonly status: S; readonly headers?: Readonly<Record<string, string>> } & ([
  ContentOf<R>,
] extends [never]
  ? { readonly body?: undefined }
  : Table[Id]["streamed"] extends true
    ? StreamReply<ContentOf<R>>
    : BodyReply<ContentOf<R>>);

/**
 * What a handler answers on success: `status` with
 * - `body` for JSON, `body` and `contentType` for other text,
 * - `stream` and `contentType` where the document streams the answer, already encoded (records of NDJSON included),
 * - nothing more where the document has no content,
 *
 * and `headers` beyond those of every reply.
 *
 * Errors are thrown and become bodies in one place.
 */
export type Reply<Id extends OperationId> = {
  [S in keyof operations[Id]["responses"] & Success]: ReplyOf<Id, operations[Id]["responses"][S], S>;
}[keyof operations[Id]["responses"] & Success];

export type Handler<Id extends OperationId> = (request: OperationRequest<Id>) => Promise<Reply<Id>>;
/** One handler for every operation of the document, and no other. */
export type Handlers = { readonly [Id in OperationId]: Handler<Id> };
