import { ConnectorError } from "@headgate/connector-kit";
import { EngineError } from "@headgate/engine";
import type { PipelineErrorCode, SocketError } from "./socket/protocol.ts";

/** A failure with its published code: the one error class that leaves this package. */
export class PipelineError extends Error {
  readonly code: PipelineErrorCode;
  readonly details: unknown;
  constructor(code: PipelineErrorCode, message: string, details: unknown = {}, options: { cause?: unknown } = {}) {
    super(message, options);
    this.name = "PipelineError";
    this.code = code;
    this.details = details;
  }
}

/** Approval is for a pipeline whose program changed, and only until it was given. */
export const notWaitingForApproval = (): PipelineError => {
  const error = "the pipeline does not wait for approval";
  return new PipelineError("InvalidTransition", `Invalid transition: ${error}`, { error });
};

/** Without storage there is nothing that a later start could go on from. */
export const suspendRefused = (): PipelineError =>
  new PipelineError(
    "SuspendError",
    "The pipeline cannot be suspended: it has no storage. Set runtime_config.storage, or stop it with force=true.",
    {
      permanent: ["StorageRequired"],
    },
  );

/** The message of anything thrown. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Wraps what the engine, a connector or this package threw; `fallback` is the code of everything without one. */
export function toPipelineError(error: unknown, fallback: PipelineErrorCode = "RuntimeError.WorkerPanic"): PipelineError {
  if (error instanceof PipelineError) return error;
  const message = messageOf(error);
  if (error instanceof EngineError) return new PipelineError(engineCode(error, fallback), message, {}, { cause: error });
  if (error instanceof ConnectorError && error.code === "not_supported") {
    return new PipelineError("NotSupported", message, {}, { cause: error });
  }
  return new PipelineError(fallback, message, {}, { cause: error });
}

function engineCode(error: EngineError, fallback: PipelineErrorCode): PipelineErrorCode {
  switch (error.code) {
    case "ad_hoc_query":
      return "AdHocQueryError";
    case "storage":
      return "StorageError";
    case "closed":
      return "Terminating";
    case "runtime":
      return "RuntimeError.WorkerPanic";
    case "state_limit":
      return "RuntimeError.OutOfMemory";
    case "unknown_relation":
    case "not_materialized":
      return fallback;
  }
}

/** The body of a non-2xx answer; `scrub` removes secret values (Law 7). */
export function toSocketError(error: PipelineError, scrub: (text: string) => string = (text) => text): SocketError {
  const details = error.details === undefined ? {} : error.details;
  return {
    code: error.code,
    message: scrub(error.message),
    details: JSON.parse(scrub(JSON.stringify(details))) as unknown,
  };
}
