import { operationTable, type OperationId } from "@headgate/contract";

export interface OperationFacts {
  readonly id: OperationId;
  readonly method: string;
  readonly path: string;
  readonly role: "read" | "write" | null;
  readonly statuses: readonly number[];
  readonly hasJsonBody: boolean;
  readonly errorCodes: readonly string[];
}

/** Every operation of the contract. */
export const operationList: readonly OperationFacts[] = Object.entries(operationTable).map(([id, facts]) => ({
  ...facts,
  id: id as OperationId,
}));

/** The cloud dialects, whose callers have a limited number of requests. */
export const isCloudPath = (path: string): boolean => path.startsWith("/connect/") || path.startsWith("/sts/");

/** What stands where a dialect has its code: the code itself, the status, or the code in lower case. */
export function codeIn(path: string, status: number, code: string): string {
  if (path.startsWith("/connect/")) return String(status);
  return path.startsWith("/sts/") ? code.replaceAll(/(?<!^)[A-Z]/g, "_$&").toLowerCase() : code;
}
