import { isErrorCode, type Schemas } from "@headgate/contract";
import type { DeploymentError } from "@headgate/manager";

/** Why a deployment ended. A code that this contract does not have comes from a process of another version. */
export function toDeploymentError(error: DeploymentError | null): Schemas["DeploymentError"] | null {
  if (error === null) return null;
  return { message: error.message, error_code: isErrorCode(error.code) ? error.code : "InternalError", details: error.details ?? {} };
}
