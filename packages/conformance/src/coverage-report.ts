import { errorCodeValues, operationTable, type OperationId } from "@headgate/contract";
import type { Coverage } from "./coverage.ts";
import { exceptions, type Capability, type Exception } from "./exceptions.ts";

export interface CoverageReport {
  /** Documented answers that were not seen and are not excused. */
  readonly missingReplies: readonly string[];
  readonly missingCodes: readonly string[];
  /** Excused without condition, and seen after all. */
  readonly staleExceptions: readonly string[];
  /** `seen / documented`, in words. */
  readonly summary: string;
}

const everyReply = Object.entries(operationTable).flatMap(([id, { statuses }]) =>
  statuses.map((status) => ({ id: id as OperationId, status: status as number, key: `${id} ${status}` })),
);

/** Compares what a run has provoked with what the contract documents. */
export function reportCoverage(coverage: Coverage, capabilities: ReadonlySet<Capability>): CoverageReport {
  const applies = ({ without }: Exception) => without === undefined || !capabilities.has(without);
  const excuses = exceptions.filter(applies);
  const excusesReply = (id: OperationId, status: number) =>
    excuses.some(({ statuses, operations }) => statuses?.includes(status) && (operations === undefined || operations.includes(id)));
  const excusesCode = (code: string) => excuses.some(({ codes }) => codes?.some((excused) => excused === code));

  const unseen = everyReply.filter(({ key }) => !coverage.replies.has(key));
  const always = exceptions.filter(({ without }) => without === undefined);
  const stale = [
    ...always.flatMap(({ codes }) => codes ?? []).filter((code) => coverage.errorCodes.has(code)),
    ...everyReply
      .filter(
        ({ id, status, key }) =>
          coverage.replies.has(key) && always.some((e) => e.statuses?.includes(status) && e.operations?.includes(id)),
      )
      .map(({ key }) => key),
  ];
  const seenCodes = errorCodeValues.filter((code) => coverage.errorCodes.has(code));
  return {
    missingReplies: unseen.filter(({ id, status }) => !excusesReply(id, status)).map(({ key }) => key),
    missingCodes: errorCodeValues.filter((code) => !coverage.errorCodes.has(code) && !excusesCode(code)),
    staleExceptions: stale,
    summary:
      `${everyReply.length - unseen.length} of ${everyReply.length} documented replies, ` +
      `${seenCodes.length} of ${errorCodeValues.length} error codes`,
  };
}
