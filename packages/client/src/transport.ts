import createOpenApiClient, { type Client as OpenApiClient } from "openapi-fetch";
import { operationTable, type OperationId, type paths } from "@headgate/contract";
import { readText } from "./body-reader.ts";
import type { CallRequest, ReplyBody } from "./contract-types.ts";
import { startDeadline, type CallOptions, type Deadline } from "./deadline.ts";
import { ApiError, ClientError } from "./errors.ts";
import { repeatableByOperation } from "./repeatable.ts";
import { replyError } from "./reply-error.ts";
import { fetchWithRetry, repeatableByMethod, type Fetch, type Repeatable, type RetryContext } from "./retrying-fetch.ts";

/** The typed openapi-fetch client: every path of the contract, with this client's address, key and retries. It does not throw on errors of the API. */
export type RawClient = OpenApiClient<paths>;

export interface TransportOptions extends RetryContext {
  readonly baseUrl: string;
  readonly apiKey?: string | (() => string | Promise<string>) | undefined;
  readonly timeoutMs: number;
}

/** A request body that is already in its format. */
export type RawBody = string | Uint8Array<ArrayBuffer> | Blob | ReadableStream<Uint8Array>;

/** How one call differs from what the contract says of its operation. */
export interface SendOptions extends CallOptions {
  readonly repeatable?: Repeatable | undefined;
  /** A body that is sent as it is, where the contract streams the request. */
  readonly streamed?: { readonly body: RawBody; readonly contentType: string } | undefined;
}

/** A reply whose body is yet to be read, and the clock that must be released after. */
export interface OpenReply {
  readonly response: Response;
  readonly deadline: Deadline;
}

/** Sends operations of the contract by their id. */
export interface Transport {
  readonly raw: RawClient;
  readonly baseUrl: string;
  /** The reply's body: parsed if it is JSON, else its text. Throws for every reply that is not a success. */
  readonly call: <Id extends OperationId>(id: Id, request: CallRequest<Id>, options?: SendOptions) => Promise<ReplyBody<Id>>;
  /** As `call`, for a text body. */
  readonly text: <Id extends OperationId>(id: Id, request: CallRequest<Id>, options?: SendOptions) => Promise<string>;
  /** Resolves when the reply has begun. Its deadline is lifted: the caller's signal remains. */
  readonly open: <Id extends OperationId>(id: Id, request: CallRequest<Id>, options?: SendOptions) => Promise<OpenReply>;
}

/** What `raw.request` takes once the types of the single operations are out of the way. */
type UntypedRequest = (
  method: string,
  path: string,
  init: Record<string, unknown>,
) => Promise<{ readonly error?: unknown; readonly response: Response }>;

export function createTransport(options: TransportOptions): Transport {
  const { baseUrl, apiKey } = options;
  const retrying =
    (repeatable?: Repeatable): Fetch =>
    (request) =>
      fetchWithRetry(request, repeatable ?? repeatableByMethod(request.method), options);
  const raw = createOpenApiClient<paths>({ baseUrl, fetch: retrying() });
  raw.use({
    onRequest: async ({ request }) => {
      const key = typeof apiKey === "function" ? await apiKey() : apiKey;
      if (key !== undefined) request.headers.set("authorization", `Bearer ${key}`);
      return request;
    },
  });
  const untyped = raw.request as unknown as UntypedRequest;

  const begin: Transport["open"] = async (id, request, { repeatable, streamed, ...call } = {}) => {
    const deadline = startDeadline(id, { signal: call.signal, timeoutMs: call.timeoutMs ?? options.timeoutMs });
    const { method, path } = operationTable[id];
    const { body, ...params } = request;
    try {
      const { error, response } = await untyped(method, path, {
        params,
        body: streamed ? streamed.body : body,
        ...(streamed && { bodySerializer: (bytes: unknown) => bytes, headers: { "content-type": streamed.contentType } }),
        ...(streamed?.body instanceof ReadableStream && { duplex: "half" }),
        parseAs: "stream",
        signal: deadline.signal,
        fetch: retrying(repeatable ?? repeatableByOperation(id, method)),
      });
      if (!response.ok) throw replyError(response, error);
      return { response, deadline };
    } catch (error) {
      deadline.release();
      throw callError(id, deadline, error);
    }
  };

  const read = async <Value>({ response, deadline }: OpenReply, parse: (text: string) => Value): Promise<Value> => {
    try {
      return parse(await readText(response, deadline.signal));
    } catch (error) {
      throw callError("The reply", deadline, error);
    } finally {
      deadline.release();
    }
  };

  return {
    raw,
    baseUrl,
    call: async (id, request, call) => {
      const reply = await begin(id, request, call);
      const json = reply.response.headers.get("content-type")?.startsWith("application/json");
      return await read(reply, (text) => (text === "" ? undefined : json ? JSON.parse(text) : text) as ReplyBody<typeof id>);
    },
    text: async (id, request, call) => await read(await begin(id, request, call), (text) => text),
    open: async (id, request, call) => {
      const reply = await begin(id, request, call);
      reply.deadline.lift();
      return reply;
    },
  };
}

function callError(what: string, { signal }: Deadline, error: unknown): unknown {
  if (error instanceof ApiError || error instanceof ClientError) return error;
  if (signal.aborted) return signal.reason;
  if (error instanceof SyntaxError) {
    return new ClientError("malformed_reply", `${what}: the reply is not the JSON that it claims to be.`, { cause: error });
  }
  const cause = (error as { readonly cause?: { readonly message?: unknown } } | null)?.cause?.message ?? String(error);
  return new ClientError("connection", `${what}: no answer of the server (${String(cause)}).`, { cause: error });
}
