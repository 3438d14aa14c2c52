import type { IncomingMessage } from "node:http";
import express, { type ErrorRequestHandler, type Express, type Request, type RequestHandler } from "express";
import { middleware } from "express-openapi-validator";
import type { Dispatch } from "./dispatch.ts";
import type { OpenApiDocument } from "./document.ts";
import { RequestError } from "./errors.ts";
import type { Exchange } from "./http/exchange.ts";
import type { Sender } from "./http/sender.ts";
import type { Operation } from "./operation.ts";
import { methodNotAllowed, payloadTooLarge, unknownPath, unsupportedEncoding } from "./refusals.ts";
import { announcesBody, mediaTypeOf } from "./validation/media-type.ts";
import { parseQuery } from "./validation/query.ts";
import { invalidBody, toRequestError, unsupportedMediaType } from "./validation/request-failure.ts";
import { toValidatorDocument } from "./validation/validator-document.ts";

export interface ExpressAppOptions {
  readonly document: OpenApiDocument;
  readonly dispatch: Dispatch;
  readonly sender: Sender;
  readonly exchangeOf: (request: IncomingMessage) => Exchange;
  /** Checks the caller of the exchange's operation and counts the request. @throws RequestError, RateLimitError */
  readonly admit: (exchange: Exchange) => Promise<void> | undefined;
  readonly maxJsonBytes: number;
  /** How long a client may take to send a JSON body. */
  readonly bodyTimeoutMs: number;
  /** Checks the document itself, as the first request would; for tests. */
  readonly checkDocument: boolean;
}

/** The lane of the validator of record: json or form → express-openapi-validator → dispatch → error body. */
export function createExpressApp(options: ExpressAppOptions): Express {
  const { sender, dispatch, exchangeOf } = options;
  const app = express();
  app.disable("x-powered-by").disable("etag").enable("case sensitive routing").enable("strict routing");
  app.set("query parser", (search: string | undefined) => parseQuery(search ?? ""));

  // The body parser makes an object of nothing; many clients send `Content-Type: application/json` with no body at all.
  const empty = new WeakSet<IncomingMessage>();
  const type = (request: IncomingMessage): boolean =>
    exchangeOf(request).operation?.mediaTypes.includes(mediaTypeOf(request) ?? "") ?? false;
  const json = express.json({
    limit: options.maxJsonBytes,
    strict: false,
    verify: (request, _response, bytes) => void (bytes.length === 0 && empty.add(request)),
    type,
  });
  const form = express.urlencoded({ limit: options.maxJsonBytes, extended: false, type });
  const readBody: RequestHandler = (request, response, next) => {
    const kind = exchangeOf(request).operation?.body;
    if (kind !== "json" && kind !== "form") return next();
    const read = kind === "json" ? json : form;
    const slow = setTimeout(() => next(invalidBody("did not arrive in time")), options.bodyTimeoutMs);
    read(request, response, (error?: unknown) => {
      clearTimeout(slow);
      if (empty.has(request)) request.body = undefined;
      if (exchangeOf(request).response.headersSent) return;
      if (error === undefined && isDeeper(request.body, maxDepth)) next(invalidBody(`is nested deeper than ${maxDepth} levels`));
      else next(error);
    });
  };

  app.use(
    async (request, _response, next) => {
      await options.admit(exchangeOf(request));
      next();
    },
    readBody,
    settleBody(exchangeOf),
    ...(middleware({
      apiSpec: toValidatorDocument(options.document),
      validateApiSpec: options.checkDocument,
      validateRequests: { allowUnknownQueryParameters: true },
      validateResponses: false,
      validateSecurity: false,
      fileUploader: false,
    }) as RequestHandler[]),
    (request) => {
      const exchange = exchangeOf(request);
      const matched = (request as ValidatedRequest).openapi;
      if (matched === undefined || matched.schema.operationId !== exchange.operation?.id) {
        throw new Error(`the validator matched ${matched?.schema.operationId}, the router ${exchange.operation?.id}`);
      }
      exchange.params = matched.pathParams;
      const kind = exchange.operation.body;
      const body: unknown = kind === "stream" ? exchange.request : kind === "none" ? undefined : request.body;
      dispatch(exchange, { params: matched.pathParams, query: request.query, body });
    },
  );
  const onError: ErrorRequestHandler = (error: unknown, request, _response, _next) => {
    const exchange = exchangeOf(request);
    sender.fail(exchange, toOwnError(error, exchange, request));
  };
  return app.use(onError);
}

/** Nobody means more, and code that walks a body by recursion must not run out of stack on one. */
const maxDepth = 128;

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  return levels === 0 || Object.values(value).some((member) => isDeeper(member, levels - 1));
}

interface ValidatedRequest extends Request {
  readonly openapi?: { readonly pathParams: Record<string, unknown>; readonly schema: { readonly operationId: string } };
}

/**
 * The validator keeps compiled validators for ever under a key that holds the whole content type, so only the few types
 * that the operation declares may reach it, without parameters. A body of JSON `null` counts as no body where none is needed.
 */
function settleBody(exchangeOf: (request: IncomingMessage) => Exchange): RequestHandler {
  return (request, _response, next) => {
    const { operation } = exchangeOf(request);
    const type = mediaTypeOf(request);
    if (operation === undefined || operation.body === "none") delete request.headers["content-type"];
    else if (operation.body === "json" && !operation.bodyRequired && (request.body ?? null) === null) {
      if (type !== undefined && announcesBody(request) && !operation.mediaTypes.includes(type)) throw unsupportedMediaType(operation, type);
      delete request.headers["content-type"];
      request.body = undefined;
    } else if (operation.mediaTypes.includes("*/*")) request.headers["content-type"] = "application/octet-stream";
    else if (type !== undefined) request.headers["content-type"] = type;
    if (operation?.body === "form") toNumbers(request.body, operation);
    next();
  };
}

/** A form knows only text: the fields that are integers become so, and the validator says what is wrong with the others. */
function toNumbers(body: unknown, operation: Operation): void {
  if (typeof body !== "object" || body === null) return;
  const fields = body as Record<string, unknown>;
  for (const name of operation.integerFields) {
    const text = fields[name];
    if (typeof text === "string" && /^-?\d{1,15}$/.test(text)) fields[name] = Number(text);
  }
}

interface ForeignError {
  readonly status?: number;
  readonly type?: string;
  readonly code?: string;
  readonly path?: string;
  readonly message?: string;
  readonly errors?: readonly { readonly path?: string; readonly message?: string; readonly errorCode?: string }[];
}

/** Errors of Express, its body parser and the validator in our own words; what is not theirs passes unchanged. */
function toOwnError(error: unknown, exchange: Exchange, request: Request): unknown {
  if (error instanceof RequestError || typeof error !== "object" || error === null) return error;
  const foreign = error as ForeignError;
  const { operation } = exchange;
  if (foreign.type !== undefined) return toBodyError(foreign, error, request) ?? error;
  // What cannot be decompressed is told by zlib itself, with its own code and the parser's status.
  if (foreign.status === 400 && foreign.code !== undefined) return invalidBody("cannot be decompressed");
  const malformed = foreign.status === 400 && foreign.message?.startsWith("malformed uri") === true;
  if (operation === undefined && (foreign.status === 404 || malformed)) return unknownPath(exchange.path);
  if (foreign.status === 405) return methodNotAllowed(exchange.method, allowed(error));
  if (operation === undefined) return error;
  if (foreign.status === 415) return unsupportedMediaType(operation, mediaTypeOf(request));
  if (foreign.status === 400 && foreign.errors !== undefined) {
    const failures = foreign.errors.map((e) => ({
      pointer: e.path ?? "",
      keyword: e.errorCode?.split(".", 1)[0] ?? "",
      message: e.message ?? "is invalid",
    }));
    return toRequestError(failures, { query: request.query, params: exchange.params });
  }
  return error;
}

/** `Allow` as the validator found it, with the methods that the server adds. */
function allowed(error: object): string {
  const headers = (error as { readonly headers?: Readonly<Record<string, string>> }).headers;
  const found = (headers?.["Allow"] ?? "").split(", ").filter((method) => method !== "");
  return [...new Set([...found, ...(found.includes("GET") ? ["HEAD"] : []), "OPTIONS"])].sort().join(", ");
}

/** What the JSON body parser refuses. Its messages quote the body, so they are not passed on (Law 7). */
function toBodyError(error: ForeignError, cause: object, request: Request): RequestError | undefined {
  switch (error.type) {
    case "entity.parse.failed":
      return invalidBody("is not valid JSON");
    case "entity.too.large":
      return payloadTooLarge((cause as { readonly limit?: number }).limit ?? 0);
    case "charset.unsupported":
    case "encoding.unsupported":
      return unsupportedEncoding(request.headers);
    case "request.aborted":
    case "request.size.invalid":
      return invalidBody("did not arrive whole");
    default:
      return undefined;
  }
}
