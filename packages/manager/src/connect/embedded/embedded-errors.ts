import { ManagerError, type ManagerErrorCode } from "../../errors.ts";
import { ConnectError, type ConnectErrorCode } from "../api.ts";

const codes: Partial<Record<ManagerErrorCode, ConnectErrorCode>> = {
  UnknownPipelineName: "UnknownCluster",
  UnknownInputEndpoint: "UnknownConnector",
  UnknownOutputEndpoint: "UnknownConnector",
  PipelineInteractionUnreachable: "EngineUnavailable",
  CompilerUnavailable: "EngineUnavailable",
  CompilerTimeout: "EngineUnavailable",
  PipelineInteractionNotDeployed: "ClusterNotRunning",
  Initializing: "ClusterNotRunning",
  AwaitingApproval: "ClusterNotRunning",
  BootstrapInProgress: "ClusterNotRunning",
  RestoreInProgress: "ClusterNotRunning",
  Suspended: "ClusterNotRunning",
  Terminating: "ClusterNotRunning",
  NotSupported: "NotSupportedHere",
};

/** A failure of a pipeline in the words of the dialect; what is no failure of a pipeline is handed on. */
export function toConnectError(error: unknown): unknown {
  if (!(error instanceof ManagerError)) return error;
  return new ConnectError(codes[error.code] ?? "EngineFailed", error.message, { cause: error });
}
