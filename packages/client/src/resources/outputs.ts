import type { ReplyBody } from "../contract-types.ts";
import type { CallOptions } from "../deadline.ts";
import { poll, type WaitOptions } from "../poll.ts";
import type { Transport } from "../transport.ts";

export type ResetStatus = ReplyBody<"getResetStatus">;
export interface ResetAndWaitOptions extends WaitOptions {
  /** Told whenever the phase or the number of records sent has changed. */
  readonly onProgress?: ((status: ResetStatus) => void) | undefined;
}

/** Output connectors. A view is named as in SQL: `Delays` and `delays` are one, `"Delays"` is another. */
export interface Outputs {
  readonly stats: (
    pipeline: string,
    view: string,
    connector: string,
    options?: CallOptions,
  ) => Promise<ReplyBody<"getOutputConnectorStats">>;
  /** Asks for a reset, and gives the token by which to follow it. */
  readonly reset: (pipeline: string, view: string, connector: string, options?: CallOptions) => Promise<string>;
  /** How far a reset has come. A token of an earlier life of the pipeline fails with `PipelineRestarted`: ask for a new reset. */
  readonly resetStatus: (pipeline: string, token: string, options?: CallOptions) => Promise<ResetStatus>;
  /** Resets, and waits until the destination has acknowledged the whole snapshot. */
  readonly resetAndWait: (pipeline: string, view: string, connector: string, options?: ResetAndWaitOptions) => Promise<ResetStatus>;
}

export function createOutputs({ call }: Transport): Outputs {
  const path = (pipeline: string, view: string, connector: string) => ({
    pipeline_name: pipeline,
    view_name: view,
    connector_name: connector,
  });
  const reset: Outputs["reset"] = async (pipeline, view, connector, options) =>
    (await call("resetOutputConnector", { path: path(pipeline, view, connector) }, options)).token;
  const resetStatus: Outputs["resetStatus"] = (pipeline, token, options) =>
    call("getResetStatus", { path: { pipeline_name: pipeline }, query: { token } }, options);
  return {
    stats: (pipeline, view, connector, options) => call("getOutputConnectorStats", { path: path(pipeline, view, connector) }, options),
    reset,
    resetStatus,
    resetAndWait: async (pipeline, view, connector, { onProgress, ...wait } = {}) => {
      let token: string | undefined;
      let told = "";
      return await poll(`Waiting for the reset of ${view}.${connector}`, wait, async (options) => {
        token ??= await reset(pipeline, view, connector, options);
        const status = await resetStatus(pipeline, token, options);
        const progress = `${status.status} ${status.phase} ${status.snapshot_records_sent}`;
        if (progress !== told) onProgress?.(status);
        told = progress;
        return status.status === "complete" ? status : undefined;
      });
    },
  };
}
