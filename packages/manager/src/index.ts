/**
 * The control plane without HTTP: catalogue, life-cycle state machine, supervisor of pipeline processes, API keys.
 * It must not know HTTP routes, published bodies or status numbers.
 */
export type * from "./api.ts";
export type * from "./connect/api.ts";
export { ConnectError } from "./connect/api.ts";
export {
  assertDistinct,
  parseConnectCluster,
  parseConnectClusters,
  type ConnectClusterOptions,
} from "./connect/kafka-connect/cluster-options.ts";
export { createManager, openApiKeys } from "./create-manager.ts";
export { ManagerError, type ControlPlaneErrorCode, type ManagerErrorCode } from "./errors.ts";
export { StartupError, type StartupErrorCode } from "./startup-error.ts";
