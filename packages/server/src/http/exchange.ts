import type { IncomingMessage, ServerResponse } from "node:http";
import type { Dialect } from "../dialect.ts";
import type { Operation } from "../operation.ts";
import type { Principal } from "../principal.ts";

/** One request and its reply, from the first byte to the access log. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly id: string;
  /** Milliseconds on the monotonic clock. */
  readonly startedAt: number;
  /** As the client sent it. */
  readonly method: string;
  /** Still percent-encoded, without the query. */
  readonly path: string;
  /** The query string without its question mark. */
  readonly search: string;
  /** The published API that the path belongs to. */
  readonly dialect: Dialect;
  /** Headers that its reply carries whatever it says. */
  readonly headers: Record<string, string>;
  /** Undefined while no operation has been found for it. */
  operation: Operation | undefined;
  /** Who calls, once that is known. */
  principal: Principal;
  /** Path parameters, once an operation has been found. */
  params: Record<string, unknown>;
}

/**
 * A signal that aborts when the client goes away before it has the whole reply. Made on demand: most replies are sent
 * before anyone could ask.
 */
export function abortSignal(response: ServerResponse): AbortSignal {
  const controller = new AbortController();
  if (response.destroyed) controller.abort();
  else {
    response.once("close", () => {
      if (!response.writableFinished) controller.abort();
    });
  }
  return controller.signal;
}
