import { RequestError } from "./errors.ts";
import type { Dispatch } from "./dispatch.ts";
import type { Exchange } from "./http/exchange.ts";
import type { Operation } from "./operation.ts";
import type { ParameterCheck } from "./validation/request-validator.ts";
import { acceptsMediaType, mediaTypeOf } from "./validation/media-type.ts";
import { parseQuery } from "./validation/query.ts";
import { unsupportedMediaType } from "./validation/request-failure.ts";

/** Validates and dispatches a request without Express; throws {@link RequestError} for what it refuses. */
export type Lane = (exchange: Exchange, operation: Operation) => void;

/** The lane for operations whose body is not JSON: everything in it is synchronous up to the handler. */
export function createLane(checks: ReadonlyMap<string, ParameterCheck>, dispatch: Dispatch): Lane {
  return (exchange, operation) => {
    const check = checks.get(operation.id);
    if (check === undefined) throw new RequestError("InternalError", `no validators for ${operation.id}`);
    if (operation.body === "stream") {
      const type = mediaTypeOf(exchange.request);
      if (!acceptsMediaType(operation, type)) throw unsupportedMediaType(operation, type);
    }
    const { params } = exchange;
    const query = parseQuery(exchange.search);
    check({ query, headers: exchange.request.headers, params });
    dispatch(exchange, { params, query, body: operation.body === "stream" ? exchange.request : undefined });
  };
}
