import type { ReplyBody } from "../contract-types.ts";
import type { CallOptions } from "../deadline.ts";
import { ClientError } from "../errors.ts";
import { poll, type WaitOptions } from "../poll.ts";
import type { Transport } from "../transport.ts";

export type CheckpointRequest = ReplyBody<"requestCheckpoint">;
export type CheckpointStatus = ReplyBody<"getCheckpointStatus">;

/** State on disk that a pipeline goes on from. */
export interface Checkpoints {
  /** Asks for a checkpoint. */
  readonly request: (pipeline: string, options?: CallOptions) => Promise<CheckpointRequest>;
  /** What became of requests. With an incarnation that is not the present one it fails with `IncarnationUuidMismatch`. */
  readonly status: (
    pipeline: string,
    options?: CallOptions & { readonly incarnation?: string | null | undefined },
  ) => Promise<CheckpointStatus>;
  readonly list: (pipeline: string, options?: CallOptions) => Promise<ReplyBody<"listCheckpoints">>;
  /** Asks for a checkpoint, and waits until it is on disk; fails with `checkpoint_failed` when it cannot be written. */
  readonly requestAndWait: (pipeline: string, options?: WaitOptions) => Promise<CheckpointRequest>;
}

export function createCheckpoints({ call }: Transport): Checkpoints {
  const path = (pipeline_name: string) => ({ pipeline_name });
  const request: Checkpoints["request"] = (pipeline, options) => call("requestCheckpoint", { path: path(pipeline) }, options);
  const status: Checkpoints["status"] = (pipeline, { incarnation, ...options } = {}) =>
    call("getCheckpointStatus", { path: path(pipeline), query: incarnation ? { incarnation_uuid: incarnation } : {} }, options);
  return {
    request,
    status,
    list: (pipeline, options) => call("listCheckpoints", { path: path(pipeline) }, options),
    requestAndWait: async (pipeline, wait = {}) => {
      let asked: CheckpointRequest | undefined;
      return await poll(`Waiting for a checkpoint of ${pipeline}`, wait, async (options) => {
        asked ??= await request(pipeline, options);
        const number = asked.checkpoint_sequence_number;
        const { success, failure } = await status(pipeline, { ...options, incarnation: asked.incarnation_uuid });
        if (success !== null && success >= number) return asked;
        if (failure !== null && failure.sequence_number >= number) {
          throw new ClientError("checkpoint_failed", `The checkpoint of ${pipeline} could not be written: ${failure.error}`, {
            details: failure,
          });
        }
        return undefined;
      });
    },
  };
}
