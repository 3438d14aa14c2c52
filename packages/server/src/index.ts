/**
 * The HTTP shell over a manager: validation, dispatch, authentication, and the mapping between the wire and the domain. It
 * knows no SQL, no connector and no process.
 */
export { createServer, type HeadgateServer, type ServerOptions } from "./create-server.ts";
export type { ValidationMode } from "./http-shell.ts";
export type { Limits } from "./http/limits.ts";
export type { VersionInfo } from "./wire/configuration.ts";
export { errorStatuses } from "./error-body.ts";
export type { RateLimit } from "./rate-limiter.ts";
