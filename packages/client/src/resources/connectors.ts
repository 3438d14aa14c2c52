import type { QueryOf, ReplyBody } from "../contract-types.ts";
import type { CallOptions } from "../deadline.ts";
import { poll, type WaitOptions } from "../poll.ts";
import type { Transport } from "../transport.ts";

/** Input connectors. A table is named as in SQL: `Orders` and `orders` are one, `"Orders"` is another. */
export interface Connectors {
  /** Lets a connector read. The effect follows the reply. */
  readonly start: (pipeline: string, table: string, connector: string, options?: CallOptions) => Promise<void>;
  /** Stops a connector from reading more; what it has read is still processed. */
  readonly pause: (pipeline: string, table: string, connector: string, options?: CallOptions) => Promise<void>;
  readonly stats: (
    pipeline: string,
    table: string,
    connector: string,
    options?: CallOptions,
  ) => Promise<ReplyBody<"getInputConnectorStats">>;
  /** A token for everything that the connector has read so far. */
  readonly completionToken: (pipeline: string, table: string, connector: string, options?: CallOptions) => Promise<string>;
  /** How far the records behind a completion token have come. */
  readonly completionStatus: (
    pipeline: string,
    token: QueryOf<"getCompletionStatus">["token"],
    options?: CallOptions,
  ) => Promise<ReplyBody<"getCompletionStatus">>;
  /** Waits until every output has what was read before the token was given out. */
  readonly waitForToken: (pipeline: string, token: string, options?: WaitOptions) => Promise<void>;
}

export function createConnectors({ call }: Transport): Connectors {
  const path = (pipeline: string, table: string, connector: string) => ({
    pipeline_name: pipeline,
    table_name: table,
    connector_name: connector,
  });
  const control = (action: "start" | "pause") => async (pipeline: string, table: string, connector: string, options?: CallOptions) => {
    await call("controlInputConnector", { path: { ...path(pipeline, table, connector), action } }, options);
  };
  const completionStatus: Connectors["completionStatus"] = (pipeline, token, options) =>
    call("getCompletionStatus", { path: { pipeline_name: pipeline }, query: { token } }, options);
  return {
    start: control("start"),
    pause: control("pause"),
    stats: (pipeline, table, connector, options) => call("getInputConnectorStats", { path: path(pipeline, table, connector) }, options),
    completionToken: async (pipeline, table, connector, options) =>
      (await call("getCompletionToken", { path: path(pipeline, table, connector) }, options)).token,
    completionStatus,
    waitForToken: async (pipeline, token, options = {}) => {
      await poll(`Waiting for the completion of ${pipeline}`, options, async (call) =>
        (await completionStatus(pipeline, token, call)).status === "complete" ? true : undefined,
      );
    },
  };
}
