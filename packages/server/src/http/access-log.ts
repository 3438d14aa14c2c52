import type { Logger } from "@headgate/manager";
import type { Exchange } from "./exchange.ts";

/**
 * Writes one line for each request when its reply is over: reads that went well at debug, since they are many and say
 * little; what changed something, what was refused, and what has to wait (503, 501) at info; what failed on our side at error.
 * Law 7: the path and the operation only, never the query (SQL and tokens stand there), a body or a header.
 */
export function logAccess(logger: Pick<Logger, "debug" | "info" | "error">, exchange: Exchange, now: () => number): void {
  const { response } = exchange;
  logger[levelOf(exchange.method, response.statusCode)]?.(
    {
      requestId: exchange.id,
      method: exchange.method,
      path: exchange.path,
      operation: exchange.operation?.id,
      status: response.statusCode,
      durationMs: Math.round((now() - exchange.startedAt) * 100) / 100,
      key: exchange.principal.kind === "key" ? exchange.principal.name : undefined,
      aborted: response.writableFinished ? undefined : true,
    },
    "request",
  );
}

function levelOf(method: string, status: number): "debug" | "info" | "error" {
  if (status >= 500 && status !== 501 && status !== 503) return "error";
  return status < 400 && (method === "GET" || method === "HEAD") ? "debug" : "info";
}
