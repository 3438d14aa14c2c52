import type { Server } from "node:http";
import { openapiDocument, type OperationId, type Schemas } from "@headgate/contract";
import type { Logger, Manager } from "@headgate/manager";
import type { AnyHandler } from "./dispatch.ts";
import { createHandlers } from "./handlers/handlers.ts";
import { createHttpShell, type ValidationMode } from "./http-shell.ts";
import type { Limits } from "./http/limits.ts";
import { createSerialiser } from "./http/serialise.ts";
import type { RateLimit } from "./rate-limiter.ts";
import { toConfiguration, type VersionInfo } from "./wire/configuration.ts";

export interface ServerOptions {
  readonly manager: Manager;
  readonly logger: Logger;
  readonly authentication: { readonly required: boolean };
  readonly version: VersionInfo;
  readonly demos?: readonly Schemas["Demo"][];
  /** `production` when left out. */
  readonly validation?: ValidationMode;
  /** Share of replies, 0 to 1, that production validates; 0.01 when left out. */
  readonly responseSampleRate?: number;
  readonly limits?: Partial<Limits>;
  /** Requests that each caller has under `/connect` and `/sts`; no limit when left out. */
  readonly connectRateLimit?: RateLimit | undefined;
  /** Monotonic milliseconds, for durations in the access log. */
  readonly now?: () => number;
  /** From 0 up to 1, for the sample. */
  readonly random?: () => number;
}

export interface HeadgateServer {
  /** Not listening yet. */
  readonly server: Server;
  /**
   * Accepts nothing more, lets requests end, ends streams, then cuts what is left after the grace. The manager stays open: it
   * is closed by whoever made it.
   */
  close(): Promise<void>;
}

/** Streams that last until their reader leaves. */
const endless: ReadonlySet<string> = new Set(["getPipelineLogs", "streamPipelineTimeSeries", "subscribeToChanges"] satisfies OperationId[]);

/** Makes the HTTP server over a manager, with the contract of `@headgate/contract`. */
export function createServer(options: ServerOptions): HeadgateServer {
  const serialiser = createSerialiser();
  let draining = false;
  let mismatches = 0;
  const handlers = createHandlers({
    manager: options.manager,
    configuration: toConfiguration(options.version),
    demos: options.demos ?? [],
    share: (map) => serialiser.shared(map),
    draining: () => draining,
    ownMetrics: () => [
      {
        key: "headgate_reply_mismatches_total",
        type: "counter",
        description: "Replies that did not match the contract, among those that were looked at.",
        values: [{ labels: {}, value: mismatches }],
      },
    ],
  });
  const shell = createHttpShell({
    document: openapiDocument,
    // The contract's types have been checked against the handlers; from here on a validator vouches for them.
    handlers: handlers as unknown as Readonly<Record<string, AnyHandler>>,
    apiKeys: options.manager.apiKeys,
    endless,
    logger: options.logger,
    serialiser,
    authentication: options.authentication,
    validation: options.validation ?? "production",
    responseSampleRate: options.responseSampleRate ?? 0.01,
    random: options.random ?? Math.random,
    now: options.now ?? (() => performance.now()),
    ...(options.limits === undefined ? {} : { limits: options.limits }),
    connectRateLimit: options.connectRateLimit,
    onReplyMismatch: () => {
      mismatches += 1;
    },
  });
  return {
    server: shell.server,
    close: () => {
      draining = true;
      return shell.close();
    },
  };
}
