import type { ApiKeyRole } from "@headgate/manager";
import { abortSignal, type Exchange } from "./http/exchange.ts";
import type { Sender } from "./http/sender.ts";
import type { AnyReply } from "./reply.ts";

/** A request whose parts have been validated and coerced. */
export interface ValidRequest {
  readonly params: Readonly<Record<string, unknown>>;
  readonly query: Readonly<Record<string, unknown>>;
  /** Parsed JSON, or the bytes as they arrive; undefined for an operation without a body. */
  readonly body: unknown;
}
/** `OperationRequest` of the contract with its types erased: what they promise has been checked by a validator. */
export interface AnyRequest extends ValidRequest {
  readonly queryString: string;
  readonly role: ApiKeyRole | null;
  readonly signal: AbortSignal;
}
export type AnyHandler = (request: AnyRequest) => Promise<AnyReply>;

/** Runs the one handler of the exchange's operation and sends what it answers. */
export type Dispatch = (exchange: Exchange, request: ValidRequest) => void;

/**
 * Binds handlers to operations by operationId.
 * @throws Error when a handler has no operation, or an operation no handler: the server must not start half bound.
 */
export function createDispatch(handlers: Readonly<Record<string, AnyHandler>>, operationIds: readonly string[], sender: Sender): Dispatch {
  const table = new Map(Object.entries(handlers));
  const missing = operationIds.filter((id) => !table.has(id));
  const unknown = [...table.keys()].filter((id) => !operationIds.includes(id));
  if (missing.length > 0) throw new Error(`Operations without a handler: ${missing.join(", ")}`);
  if (unknown.length > 0) throw new Error(`Handlers without an operation: ${unknown.join(", ")}`);
  return (exchange, request) => {
    const handler = table.get(exchange.operation?.id ?? "");
    if (handler === undefined) {
      sender.fail(exchange, new Error("dispatched without an operation"));
      return;
    }
    try {
      handler(toHandlerRequest(exchange, request))
        .then((reply) => sender.send(exchange, reply))
        .catch((error: unknown) => sender.fail(exchange, error));
    } catch (error) {
      sender.fail(exchange, error);
    }
  };
}

/** The signal is made only for the handlers that ask for it. */
function toHandlerRequest(exchange: Exchange, { params, query, body }: ValidRequest): AnyRequest {
  return {
    params,
    query,
    body,
    queryString: exchange.search,
    role: exchange.principal.kind === "key" ? exchange.principal.role : null,
    get signal() {
      return abortSignal(exchange.response);
    },
  };
}
