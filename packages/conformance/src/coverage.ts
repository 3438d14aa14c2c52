import type { OperationId } from "@headgate/contract";

/** What a run has provoked. */
export interface Coverage {
  /** `operation status` of every reply. */
  readonly replies: ReadonlySet<string>;
  /** Every error code seen: in error bodies, and as the error that a deployment ended with. */
  readonly errorCodes: ReadonlySet<string>;
}
export interface CoverageLog extends Coverage {
  readonly addReply: (id: OperationId, status: number) => void;
  /** Finds codes wherever the contract puts them in a body. */
  readonly addCodes: (body: unknown) => void;
}

export function createCoverage(): CoverageLog {
  const replies = new Set<string>();
  const errorCodes = new Set<string>();
  const addCodes = (body: unknown): void => {
    if (typeof body !== "object" || body === null) return;
    if (Array.isArray(body)) return body.forEach(addCodes);
    const { error_code: code, deployment_error: deployment } = body as { error_code?: unknown; deployment_error?: unknown };
    if (typeof code === "string") errorCodes.add(code);
    addCodes(deployment);
  };
  return { replies, errorCodes, addCodes, addReply: (id, status) => replies.add(`${id} ${status}`) };
}
