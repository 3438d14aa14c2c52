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
