import type { BodyOf, ReplyBody } from "../contract-types.ts";
import type { CallOptions } from "../deadline.ts";
import type { Transport } from "../transport.ts";

/** The server itself. */
export interface Config {
  readonly get: (options?: CallOptions) => Promise<ReplyBody<"getConfig">>;
  readonly health: (options?: CallOptions) => Promise<ReplyBody<"getHealth">>;
  readonly authentication: (options?: CallOptions) => Promise<ReplyBody<"getAuthenticationConfig">>;
  readonly demos: (options?: CallOptions) => Promise<ReplyBody<"listDemos">>;
  /** Who the server takes this client for. */
  readonly session: (options?: CallOptions) => Promise<ReplyBody<"getSession">>;
  /** Prometheus text over all running pipelines. */
  readonly metrics: (options?: CallOptions) => Promise<string>;
}

export function createConfig({ call, text }: Transport): Config {
  return {
    get: (options) => call("getConfig", {}, options),
    health: (options) => call("getHealth", {}, options),
    authentication: (options) => call("getAuthenticationConfig", {}, options),
    demos: (options) => call("listDemos", {}, options),
    session: (options) => call("getSession", {}, options),
    metrics: (options) => text("getMetrics", {}, options),
  };
}

/** Compiles a program without keeping it. */
export type ValidateProgram = (program: string | BodyOf<"validateProgram">, options?: CallOptions) => Promise<ReplyBody<"validateProgram">>;

export function createValidateProgram({ call }: Transport): ValidateProgram {
  return (program, options) =>
    call("validateProgram", { body: typeof program === "string" ? { program_code: program } : program }, options);
}
