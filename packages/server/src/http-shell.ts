import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { ApiKeyService, Logger } from "@headgate/manager";
import { createAdmission } from "./admission.ts";
import { createAuthenticate, type AuthenticationOptions } from "./authenticate.ts";
import { createDispatch, type AnyHandler } from "./dispatch.ts";
import type { OpenApiDocument } from "./document.ts";
import { createExpressApp } from "./express-app.ts";
import { logAccess } from "./http/access-log.ts";
import { beginExchange } from "./http/begin-exchange.ts";
import { onClientError } from "./http/client-error.ts";
import type { Exchange } from "./http/exchange.ts";
import { defaultLimits, type Limits } from "./http/limits.ts";
import { createOpenStreams } from "./http/open-streams.ts";
import { createRequestIds } from "./http/request-id.ts";
import { createRouter } from "./http/router.ts";
import { createSender } from "./http/sender.ts";
import type { Serialiser } from "./http/serialise.ts";
import { closeServer } from "./http/shutdown.ts";
import { trackUnusedConnections } from "./http/unused-connections.ts";
import { createLane } from "./lane.ts";
import { readOperations } from "./operation.ts";
import { createRateLimiter, type RateLimit } from "./rate-limiter.ts";
import { hostMissing, methodNotAllowed, unknownPath } from "./refusals.ts";
import { createParameterChecks } from "./validation/request-validator.ts";
import { createResponseCheck } from "./validation/response-validator.ts";

/**
 * How much is validated, and by whom. `test`: every request by express-openapi-validator, every reply, and a reply that does
 * not match is replaced by a 500. `production`: requests without a JSON body by the faster lane, replies on a sample.
 */
export type ValidationMode = "test" | "production";

export interface HttpShellOptions {
  readonly document: OpenApiDocument;
  readonly handlers: Readonly<Record<string, AnyHandler>>;
  readonly apiKeys: Pick<ApiKeyService, "authenticate" | "authenticateToken">;
  /** Operations whose reply lasts until the client leaves; a shutdown ends them at once. */
  readonly endless: ReadonlySet<string>;
  readonly logger: Logger;
  readonly serialiser: Serialiser;
  readonly authentication: AuthenticationOptions;
  readonly validation: ValidationMode;
  /** Share of replies, 0 to 1, that production looks at. */
  readonly responseSampleRate: number;
  readonly random: () => number;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  readonly limits?: Partial<Limits>;
  /** For the published cloud dialects. Undefined: none. */
  readonly connectRateLimit: RateLimit | undefined;
  onReplyMismatch(): void;
}

/** A server that is not listening yet, and the way to end it. */
export interface HttpShell {
  readonly server: Server;
  /** Accepts nothing more, lets requests end, ends streams, then cuts what is left after the grace. */
  close(): Promise<void>;
}

/** Routing, both validation lanes, authentication, error bodies and logs for any document and handlers. */
export function createHttpShell(options: HttpShellOptions): HttpShell {
  const limits = { ...defaultLimits, ...options.limits };
  const { document, logger, now } = options;
  const testing = options.validation === "test";
  const operations = readOperations(document);
  const route = createRouter(operations);
  const streams = createOpenStreams();
  const requestId = createRequestIds();
  const exchanges = new WeakMap<IncomingMessage, Exchange>();
  let draining = false;

  const sender = createSender({
    logger,
    serialiser: options.serialiser,
    streams,
    endless: options.endless,
    draining: () => draining,
    checking: {
      check: createResponseCheck(document),
      strict: testing,
      selected: testing ? () => true : () => options.random() < options.responseSampleRate,
      onMismatch: () => options.onReplyMismatch(),
    },
  });
  const dispatch = createDispatch(
    options.handlers,
    operations.map((operation) => operation.id),
    sender,
  );
  const admit = createAdmission(
    createAuthenticate(options.authentication, options.apiKeys),
    options.connectRateLimit === undefined ? undefined : createRateLimiter(options.connectRateLimit),
  );
  const lane = createLane(createParameterChecks(document, operations), dispatch);
  const app = createExpressApp({
    document,
    dispatch,
    sender,
    maxJsonBytes: limits.maxJsonBytes,
    bodyTimeoutMs: limits.bodyTimeoutMs,
    checkDocument: testing,
    exchangeOf: (request) => exchanges.get(request) as Exchange,
    admit,
  });
  const enterExpress = (exchange: Exchange): void => {
    exchanges.set(exchange.request, exchange);
    app(exchange.request, exchange.response);
  };

  const serve = (exchange: Exchange): void => {
    const { request, method } = exchange;
    const match = route(exchange.path);
    if (match !== undefined && method === "OPTIONS") {
      sender.send(exchange, { status: 204, headers: { Allow: match.endpoint.allow } });
      return;
    }
    const operation = match?.endpoint.routes.get(method === "HEAD" ? "GET" : method);
    if (match === undefined || operation === undefined) {
      // The validator of record takes a trailing slash for nothing and cannot be told otherwise; the dialect refuses it.
      if (testing && !exchange.path.endsWith("/")) return enterExpress(exchange);
      throw match === undefined ? unknownPath(exchange.path) : methodNotAllowed(method, match.endpoint.allow);
    }
    exchange.operation = operation;
    for (let i = 0; i < operation.pathParameters.length; i += 1) {
      exchange.params[operation.pathParameters[i] as string] = match.values[i];
    }
    // A reply to HEAD keeps its headers and loses its body; Node has noted the method on the response already.
    if (method === "HEAD") request.method = "GET";
    if (operation.body === "stream") request.setTimeout(limits.streamIdleMs, () => request.destroy());
    if (testing || operation.body === "json" || operation.body === "form") return enterExpress(exchange);
    const counted = admit(exchange);
    if (counted === undefined) return lane(exchange, operation);
    counted.then(() => lane(exchange, operation)).catch((error: unknown) => sender.fail(exchange, error));
  };

  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    const exchange = beginExchange(request, response, requestId(request.headers["x-request-id"]), now());
    response.once("close", () => logAccess(logger, exchange, now));
    try {
      if (request.headers.host === undefined && request.httpVersion !== "1.0") throw hostMissing();
      serve(exchange);
    } catch (error) {
      sender.fail(exchange, error);
    }
  };
  const server = createHttpServer(
    {
      maxHeaderSize: limits.maxHeaderBytes,
      // Node's own refusal has no body; ours is below.
      requireHostHeader: false,
      headersTimeout: limits.headersTimeoutMs,
      // A streamed upload may last for hours: bodies have their own deadlines, see Limits.
      requestTimeout: 0,
      keepAliveTimeout: limits.keepAliveMs,
      connectionsCheckingInterval: Math.min(5000, limits.headersTimeoutMs),
    },
    answer,
  );
  // An expectation that is not known may be passed over; Node would refuse it without a body.
  server.on("checkExpectation", answer);
  server.maxConnections = limits.maxConnections;
  server.on("clientError", onClientError);
  const unused = trackUnusedConnections(server);
  return {
    server,
    close: () => {
      draining = true;
      return closeServer(server, unused, streams, limits.shutdownGraceMs);
    },
  };
}
