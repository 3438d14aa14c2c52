import type { Logger } from "@headgate/manager";
import type { Exchange } from "./exchange.ts";

/**
 * Writes one line for each request when its reply is over. Law 7: the path and the operation only, never the query (SQL and
 * tokens stand there), a body or a header.
 */
export function logAccess(logger: Pick<Logger, "info">, exchange: Exchange, now: () => number): void {
  const { response } = exchange;
  logger.info(
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
