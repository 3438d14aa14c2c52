/**
 * The control plane without HTTP: catalogue, life-cycle state machine, supervisor of pipeline processes, API keys.
 */
export type * from "./api.ts";
export { ManagerError, type ManagerErrorCode } from "./errors.ts";
