import type { OperationId } from "@headgate/contract";
import { repeatableByMethod, type Repeatable } from "./retrying-fetch.ts";

/**
 * What the contract promises beyond HTTP's own methods: carried out twice, these leave what once leaves.
 * A lost reply to a reset is safe too: the second supersedes the first, and its token is the one that is kept. So it is for a
 * checkpoint, where the second only asks for one more.
 */
const repeatableOperations = new Set<OperationId>([
  "startPipeline",
  "pausePipeline",
  "resumePipeline",
  "stopPipeline",
  "clearPipeline",
  "dismissPipelineError",
  "requestCheckpoint",
  "patchPipeline",
  "controlInputConnector",
  "resetOutputConnector",
  "subscribeToChanges",
  "validateProgram",
]);

/** Whether an operation may be sent again when its reply is lost. Rows are never sent twice; a query may hold an INSERT. */
export function repeatableByOperation(id: OperationId, method: string): Repeatable {
  if (id === "ingestRecords") return "never";
  if (id === "runQuery") return "when_refused";
  return repeatableOperations.has(id) ? "always" : repeatableByMethod(method);
}
