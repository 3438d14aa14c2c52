/**
 * The only writer of error bodies: domain code → HTTP status and wire form.
 *
 * Law 7 and law 8 meet here: an error that is not one of ours becomes `InternalError`; what it said goes to the log alone.
 */
import { ManagerError, type ManagerErrorCode } from "@headgate/manager";
import { RequestError, type ServerErrorCode } from "./errors.ts";

export type WireErrorCode = ManagerErrorCode | ServerErrorCode;

export interface ErrorBody {
  readonly message: string;
  readonly error_code: string;
  readonly details: unknown;
}

export interface ErrorReply {
  readonly status: number;
  readonly body: ErrorBody;
  readonly headers: Readonly<Record<string, string>>;
  /** True when the cause is unknown to us: it must be logged with its stack. */
  readonly unexpected: boolean;
}

/** Exhaustive: a new code in the manager or the pipeline does not compile until it has a status. */
const statusOf: Readonly<Record<WireErrorCode, number>> = {
  // The HTTP shell
  InvalidRequest: 400,
  InvalidConnectorAction: 400,
  InvalidUuidParam: 400,
  InvalidApiKey: 401,
  InsufficientPermissions: 403,
  UnknownPath: 404,
  MethodNotAllowed: 405,
  PayloadTooLarge: 413,
  UnsupportedMediaType: 415,
  InternalError: 500,
  ShuttingDown: 503,
  // The control plane
  EmptyName: 400,
  TooLongName: 400,
  NameDoesNotMatchPattern: 400,
  InvalidTag: 400,
  TooManyTags: 400,
  TooLongDescription: 400,
  InvalidRuntimeConfig: 400,
  InvalidProgramConfig: 400,
  UpdateRestrictedToStopped: 400,
  EditRestrictedToClearedStorage: 400,
  DeleteRestrictedToFullyStopped: 400,
  DeleteRestrictedToClearedStorage: 400,
  CannotRenameNonExistingPipeline: 400,
  StartFailedDueToFailedCompilation: 400,
  StorageStatusImmutableUnlessStopped: 400,
  IllegalPipelineAction: 400,
  CannotStartWithUndismissedError: 400,
  CannotStartWhileClearingStorage: 400,
  CannotStartWithCompilationError: 400,
  DismissErrorRestrictedToFullyStopped: 400,
  InitialImmutableUnlessStopped: 400,
  InitialStandbyNotAllowed: 400,
  BootstrapPolicyImmutableUnlessStopped: 400,
  InvalidBootstrapConfig: 400,
  UnsupportedPipelineAction: 405,
  UnknownPipelineName: 404,
  UnknownApiKey: 404,
  UnknownPipelineMonitorEvent: 404,
  NoPipelineMonitorEventsAvailable: 404,
  DuplicateName: 409,
  IncarnationUuidMismatch: 400,
  ProgramInfoMissesDataflow: 404,
  ProgramNotCompiled: 404,
  CompilerUnavailable: 503,
  CompilerTimeout: 504,
  PipelineInteractionNotDeployed: 503,
  PipelineInteractionUnreachable: 503,
  PipelineInteractionInvalidResponse: 500,
  "RuntimeError.ProcessDied": 500,
  "RunnerError.ProvisioningTimeout": 500,
  // The pipeline process
  Initializing: 503,
  AwaitingApproval: 503,
  BootstrapInProgress: 503,
  RestoreInProgress: 503,
  Suspended: 503,
  BootstrapRejected: 409,
  InvalidTransition: 400,
  SuspendError: 500,
  CheckpointError: 500,
  Terminating: 410,
  PipelineRestarted: 410,
  UnknownEndpointInCompletionToken: 410,
  UnknownEndpointInResetToken: 410,
  UnknownInputEndpoint: 404,
  UnknownOutputEndpoint: 404,
  InvalidParam: 400,
  ParseErrors: 400,
  AdHocQueryError: 400,
  NotSupported: 400,
  ApiConnectionLimit: 429,
  InitializationError: 500,
  InputTransportError: 500,
  OutputTransportError: 500,
  StorageError: 500,
  "RuntimeError.WorkerPanic": 500,
  "RuntimeError.OutOfMemory": 500,
  "ConfigError.PipelineConfigParseError": 400,
  "ConfigError.ParserConfigParseError": 400,
  "ConfigError.EncoderConfigParseError": 400,
  "ConfigError.UnknownInputFormat": 400,
  "ConfigError.UnknownOutputFormat": 400,
  "ConfigError.UnknownInputTransport": 400,
  "ConfigError.UnknownOutputTransport": 400,
  "ConfigError.UnknownInputStream": 404,
  "ConfigError.UnknownOutputStream": 404,
  "ConfigError.UnknownIndex": 400,
  "ConfigError.InputFormatNotSupported": 400,
  "ConfigError.OutputFormatNotSupported": 400,
  "ConfigError.InputFormatNotSpecified": 400,
  "ConfigError.OutputFormatNotSpecified": 400,
  "ConfigError.InvalidEncoderConfig": 400,
  "ConfigError.InvalidTransportConfig": 400,
  "ConfigError.CyclicDependency": 400,
  "ConfigError.EmptyStartAfter": 400,
};

/** Seconds a client waits before it repeats a request that was answered 503. */
const retryAfterSeconds = "5";
const noHeaders: Readonly<Record<string, string>> = {};

const internalError: ErrorBody = {
  message: "The server failed to answer. Its log has the cause, under the id in X-Request-Id.",
  error_code: "InternalError",
  details: {},
};

/** The wire form of an error that a domain object carries, for example `deployment_error`. */
export function toErrorBody(error: { readonly code: string; readonly message: string; readonly details: unknown }): ErrorBody {
  return { message: error.message, error_code: error.code, details: error.details ?? {} };
}

/** The reply for anything that was thrown while a request was served. */
export function toErrorReply(error: unknown): ErrorReply {
  if (error instanceof RequestError || error instanceof ManagerError) {
    // A pipeline process of another version may send a code that this server does not know.
    const status = (statusOf as Readonly<Record<string, number | undefined>>)[error.code];
    if (status !== undefined && error.code !== "InternalError") {
      const own = error instanceof RequestError ? error.headers : noHeaders;
      const headers = status === 503 ? { "Retry-After": retryAfterSeconds, ...own } : own;
      return { status, body: toErrorBody(error), headers, unexpected: false };
    }
  }
  return { status: 500, body: internalError, headers: noHeaders, unexpected: true };
}

/** Every code with its HTTP status, for documentation and tests. */
export const errorStatuses: Readonly<Record<string, number>> = statusOf;
