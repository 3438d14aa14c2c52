import type { Authenticate } from "./authenticate.ts";
import { RateLimitError } from "./errors.ts";
import type { Exchange } from "./http/exchange.ts";
import type { RateLimiter } from "./rate-limiter.ts";

/**
 * Lets a request in: says who calls, and counts the request where callers have a limited number of them.
 * Undefined means that the request is in and there is nothing to wait for. @throws RequestError, RateLimitError
 */
export type Admission = (exchange: Exchange) => Promise<void> | undefined;

/** `limiter` counts the requests of the published cloud dialects; without it nothing is counted. */
export function createAdmission(authenticate: Authenticate, limiter: RateLimiter | undefined): Admission {
  const identify = (exchange: Exchange): void => {
    if (exchange.operation !== undefined) exchange.principal = authenticate(exchange.operation, exchange.request.headers.authorization);
  };
  return (exchange) => {
    if (limiter === undefined || exchange.dialect === "pipelines" || exchange.operation === undefined) return void identify(exchange);
    return admitCounted(exchange, identify, limiter);
  };
}

/** A caller whose key is refused is counted by address, so that keys cannot be tried without end. */
async function admitCounted(exchange: Exchange, identify: (exchange: Exchange) => void, limiter: RateLimiter): Promise<void> {
  let refusal: { readonly error: unknown } | undefined;
  try {
    identify(exchange);
  } catch (error) {
    refusal = { error };
  }
  const { limit, remaining, resetSeconds, exceeded } = await limiter(callerOf(exchange));
  exchange.headers["X-RateLimit-Limit"] = String(limit);
  exchange.headers["X-RateLimit-Remaining"] = String(remaining);
  exchange.headers["X-RateLimit-Reset"] = String(resetSeconds);
  if (exceeded) throw new RateLimitError(resetSeconds);
  if (refusal !== undefined) throw refusal.error;
}

function callerOf({ principal, request }: Exchange): string {
  return principal.kind === "key" ? `key ${principal.name}` : `address ${network(request.socket.remoteAddress ?? "")}`;
}

/** One holder of an IPv6 network has as many addresses as he likes: its first four groups stand for him. */
export function network(address: string): string {
  if (!address.includes(":") || /^::ffff:\d/i.test(address)) return address;
  const [head = "", tail] = address.replace(/%.*$/, "").split("::");
  const before = head === "" ? [] : head.split(":");
  if (tail === undefined) return before.slice(0, 4).join(":");
  const after = tail === "" ? [] : tail.split(":");
  const zeros = Array.from({ length: Math.max(0, 8 - before.length - after.length) }, () => "0");
  return [...before, ...zeros, ...after].slice(0, 4).join(":");
}
