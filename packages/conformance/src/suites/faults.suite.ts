import { operationList } from "../kit/operations.ts";
import { sampleRequests } from "../kit/sample-requests.ts";
import { openSession } from "../kit/session.ts";
import type { Suite } from "../kit/suite-kit.ts";

/** Codes of failures that no request causes, by the status that they have. */
const injected: Readonly<Record<string, number>> = {
  PipelineInteractionUnreachable: 503,
  PipelineInteractionInvalidResponse: 500,
  Initializing: 503,
  BootstrapInProgress: 503,
  RestoreInProgress: 503,
  Suspended: 503,
  ProgramInfoMissesDataflow: 404,
  StorageError: 500,
  CompilerUnavailable: 503,
  CompilerTimeout: 504,
  CannotStartWhileClearingStorage: 400,
  IllegalPipelineAction: 400,
  NoPipelineMonitorEventsAvailable: 404,
  Terminating: 410,
};
/** These answer from what the server is, without asking anything that can fail. */
export const answeredFromMemory: ReadonlySet<string> = new Set([
  "getHealth",
  "getAuthenticationConfig",
  "getConfig",
  "listDemos",
  "getSession",
]);

/** What only a server that can be made to fail shows: its own failures, in the contract's words. */
export const faultsSuite: Suite = (kit) => {
  const { test, assert } = kit;
  for (const { id, statuses, errorCodes } of operationList) {
    if (answeredFromMemory.has(id)) continue;
    test(`${id} tells its own failures without giving away their cause`, async () => {
      const { send, target, expectError } = openSession(kit);
      const { faults } = target;
      if (faults === undefined) return;
      const cases = Object.entries(injected).filter(([code, status]) => errorCodes.includes(code) && statuses.includes(status));
      try {
        for (const [code, status] of [["InternalError", 500] as const, ...cases]) {
          faults.fail(code);
          const body = await expectError(send(id, sampleRequests[id]), status, code);
          assert.ok(!/secret cause|\bat .*:\d+/.test(JSON.stringify(body)), JSON.stringify(body));
        }
      } finally {
        faults.restore();
      }
    });
  }

  test("getHealth says when the server is shutting down", async () => {
    const { send, target, expectError } = openSession(kit);
    await target.faults?.whileShuttingDown(async () => {
      await expectError(send("getHealth"), 503, "ShuttingDown");
    });
  });
};
