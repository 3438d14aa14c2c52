import { Readable } from "node:stream";
import type { Logger } from "@headgate/manager";
import { toErrorReply } from "../error-body.ts";
import type { AnyReply } from "../reply.ts";
import type { ResponseCheck } from "../validation/response-validator.ts";
import type { Exchange } from "./exchange.ts";
import type { OpenStreams } from "./open-streams.ts";
import { baseHeaders } from "./response-headers.ts";
import type { Serialised, Serialiser } from "./serialise.ts";

/** What happens with a reply that is not as the contract says. */
export interface ReplyChecking {
  readonly check: ResponseCheck;
  /** True: the reply is replaced by a 500. False: it goes out, and the mismatch is counted and logged. */
  readonly strict: boolean;
  /** Whether this reply is looked at. */
  selected(): boolean;
  onMismatch(): void;
}

/** Writes replies; the only place that writes to a response. */
export interface Sender {
  send(exchange: Exchange, reply: AnyReply): void;
  /** Answers for anything that was thrown. */
  fail(exchange: Exchange, error: unknown): void;
}

export interface SenderOptions {
  readonly logger: Logger;
  readonly serialiser: Serialiser;
  readonly streams: OpenStreams;
  readonly checking: ReplyChecking;
  /** Operations whose stream lasts until the client leaves. */
  readonly endless: ReadonlySet<string>;
  draining(): boolean;
}

const noHeaders: Readonly<Record<string, string>> = {};
const nothing: Serialised = { text: "", bytes: 0 };

/** A source that nobody will read ends here. Some report that as an error, which must not go unheard: it would end the server. */
function discard(source: Readable): void {
  source.on("error", () => undefined);
  source.destroy();
}

export function createSender(options: SenderOptions): Sender {
  const { logger, serialiser, streams, checking } = options;

  /** True when the reply may go out. */
  const conforms = (exchange: Exchange, status: number, contentType: string | undefined, text: string | undefined): boolean => {
    const { operation } = exchange;
    if (operation === undefined || !checking.selected()) return true;
    const mismatch = checking.check(operation, { status, contentType, text });
    if (mismatch === undefined) return true;
    checking.onMismatch();
    logger.error({ requestId: exchange.id, operation: operation.id, mismatch }, "reply does not match the contract");
    return !checking.strict;
  };

  const writeHead = (
    exchange: Exchange,
    status: number,
    type: string | undefined,
    length: number | undefined,
    extra: Readonly<Record<string, string>>,
  ): void => {
    const { request, response } = exchange;
    const headers = [...baseHeaders, "X-Request-Id", exchange.id];
    if (type !== undefined) headers.push("Content-Type", type);
    if (length !== undefined) headers.push("Content-Length", String(length));
    for (const name in exchange.headers) headers.push(name, exchange.headers[name] as string);
    if (extra !== noHeaders) for (const [name, value] of Object.entries(extra)) headers.push(name, value);
    // A body that nobody read cannot be skipped for the next request on this connection: it may never come.
    if (options.draining() || !request.complete) headers.push("Connection", "close");
    response.writeHead(status, headers);
  };

  const write = (
    exchange: Exchange,
    status: number,
    type: string | undefined,
    text: string,
    bytes: number,
    headers: Readonly<Record<string, string>>,
  ): void => {
    writeHead(exchange, status, type, status === 204 ? undefined : bytes, headers);
    // Text of one byte a character is ASCII here, which Node writes out faster when told so.
    if (text === "") exchange.response.end();
    else exchange.response.end(text, bytes === text.length ? "latin1" : "utf8");
  };

  const internal = (exchange: Exchange): void => {
    const { status, body } = toErrorReply(undefined, exchange);
    const { text, bytes } = serialiser.serialise(body);
    write(exchange, status, "application/json", text, bytes, noHeaders);
  };

  const sendStream = (exchange: Exchange, status: number, stream: NonNullable<AnyReply["stream"]>, type: string): void => {
    const { response } = exchange;
    const source = stream instanceof Readable ? stream : Readable.from(stream);
    if (!conforms(exchange, status, type, undefined)) {
      discard(source);
      return internal(exchange);
    }
    writeHead(exchange, status, type, undefined, noHeaders);
    if (exchange.method === "HEAD") {
      discard(source);
      response.end();
      return;
    }
    response.flushHeaders();
    streams.send(source, response, {
      endless: options.endless.has(exchange.operation?.id ?? ""),
      onError: (error) => logger.warn({ requestId: exchange.id, err: error }, "the source of a streamed reply failed"),
    });
  };

  const encode = (reply: AnyReply): Serialised => {
    if (reply.body === undefined) return nothing;
    if (reply.contentType === undefined) return serialiser.serialise(reply.body);
    const text = String(reply.body);
    return { text, bytes: Buffer.byteLength(text) };
  };

  return {
    send(exchange, reply) {
      if (exchange.response.destroyed) {
        if (reply.stream instanceof Readable) discard(reply.stream);
        return;
      }
      if (reply.stream !== undefined) {
        sendStream(exchange, reply.status, reply.stream, reply.contentType ?? "application/octet-stream");
        return;
      }
      const type = reply.body === undefined ? undefined : (reply.contentType ?? "application/json");
      const { text, bytes } = encode(reply);
      if (!conforms(exchange, reply.status, type, type === undefined ? undefined : text)) return internal(exchange);
      write(exchange, reply.status, type, text, bytes, reply.headers ?? noHeaders);
    },
    fail(exchange, error) {
      const reply = toErrorReply(error, exchange);
      const { request, response } = exchange;
      if (reply.unexpected) logger.error({ requestId: exchange.id, err: error }, "request failed");
      if (response.destroyed) return;
      if (response.headersSent) {
        response.destroy();
        return;
      }
      const type = reply.body === undefined ? undefined : "application/json";
      const { text, bytes } = type === undefined ? nothing : serialiser.serialise(reply.body);
      if (!conforms(exchange, reply.status, type, type === undefined ? undefined : text)) return internal(exchange);
      write(exchange, reply.status, type, text, bytes, reply.headers);
      if (!request.complete) request.resume();
    },
  };
}
