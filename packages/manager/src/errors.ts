import type { PipelineErrorCode } from "@headgate/pipeline";

/** Published codes of the control plane (facts §3.12). */
export type ControlPlaneErrorCode =
  | "EmptyName"
  | "TooLongName"
  | "NameDoesNotMatchPattern"
  | "InvalidTag"
  | "TooManyTags"
  | "TooLongDescription"
  | "InvalidRuntimeConfig"
  | "InvalidProgramConfig"
  | "UpdateRestrictedToStopped"
  | "EditRestrictedToClearedStorage"
  | "DeleteRestrictedToFullyStopped"
  | "DeleteRestrictedToClearedStorage"
  | "CannotRenameNonExistingPipeline"
  | "StartFailedDueToFailedCompilation"
  | "StorageStatusImmutableUnlessStopped"
  | "IllegalPipelineAction"
  | "CannotStartWithUndismissedError"
  | "CannotStartWhileClearingStorage"
  | "CannotStartWithCompilationError"
  | "DismissErrorRestrictedToFullyStopped"
  | "InitialImmutableUnlessStopped"
  | "InitialStandbyNotAllowed"
  | "BootstrapPolicyImmutableUnlessStopped"
  | "InvalidBootstrapConfig"
  | "UnsupportedPipelineAction"
  | "UnknownPipelineName"
  | "UnknownApiKey"
  | "UnknownPipelineMonitorEvent"
  | "NoPipelineMonitorEventsAvailable"
  | "DuplicateName"
  | "IncarnationUuidMismatch"
  | "ProgramInfoMissesDataflow"
  | "ProgramNotCompiled"
  | "CompilerUnavailable"
  | "CompilerTimeout"
  | "PipelineInteractionNotDeployed"
  | "PipelineInteractionUnreachable"
  | "PipelineInteractionInvalidResponse"
  | "RuntimeError.ProcessDied"
  | "RunnerError.ProvisioningTimeout";

/** Every code that a call of the manager can fail with. */
export type ManagerErrorCode = ControlPlaneErrorCode | PipelineErrorCode;

/** What the manager throws; `details` are the published fields of its code. */
export class ManagerError extends Error {
  readonly code: ManagerErrorCode;
  readonly details: unknown;
  constructor(code: ManagerErrorCode, message: string, details: unknown = {}, options: { cause?: unknown } = {}) {
    super(message, options);
    this.name = "ManagerError";
    this.code = code;
    this.details = details;
  }
}
