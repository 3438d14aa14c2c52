import { codeIn, isCloudPath, operationList, type OperationFacts } from "../kit/operations.ts";
import { sampleRequests, tokenRequest } from "../kit/sample-requests.ts";
import { openSession, type RequestParts } from "../kit/session.ts";
import type { Suite, Target } from "../kit/suite-kit.ts";

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
/** Failures of the engine behind a cluster. */
const injectedInConnect: Readonly<Record<string, number>> = { EngineUnavailable: 503, EngineFailed: 500 };

/** The failures that an operation documents and no request causes. */
function failuresOf({ id, path, errorCodes, statuses }: OperationFacts): readonly (readonly [code: string, status: number])[] {
  const internal = ["InternalError", 500] as const;
  if (!isCloudPath(path)) {
    return [internal, ...Object.entries(injected).filter(([code, status]) => errorCodes.includes(code) && statuses.includes(status))];
  }
  // An earlier change of offsets may be over before the next is asked for.
  const busy = id === "alterConnectv1ConnectorOffsetsRequest" ? [["OffsetsRequestPending", 409] as const] : [];
  const engine = Object.entries(injectedInConnect).filter(([, status]) => path.startsWith("/connect/") && statuses.includes(status));
  return [internal, ...engine, ...busy];
}

/** A request that comes as far as to what can fail. */
function requestFor({ id }: OperationFacts, { keys }: Target): RequestParts {
  return id === "exchangeStsV1OauthToken" && keys !== undefined ? { form: tokenRequest(keys.write) } : sampleRequests[id];
}

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
  for (const operation of operationList) {
    const { id, path } = operation;
    if (answeredFromMemory.has(id)) continue;
    test(`${id} tells its own failures without giving away their cause`, async () => {
      const { send, target, expectError } = openSession(kit);
      const { faults } = target;
      if (faults === undefined) return;
      try {
        for (const [code, status] of failuresOf(operation)) {
          faults.fail(code);
          const body = await expectError(send(id, requestFor(operation, target)), status, codeIn(path, status, code));
          assert.ok(!/secret cause|\bat .*:\d+/.test(JSON.stringify(body)), JSON.stringify(body));
        }
      } finally {
        faults.restore();
      }
    });
  }

  test("every operation of the cloud dialects refuses a caller who asks too often, and says how long to wait", async () => {
    const { send, target } = openSession(kit);
    const limited = operationList.filter(({ path }) => isCloudPath(path));
    await target.faults?.whileLimited(async () => {
      await (await send("listConnectv1Connectors", sampleRequests.listConnectv1Connectors)).body?.cancel();
      await (await send("exchangeStsV1OauthToken", { ...sampleRequests.exchangeStsV1OauthToken, key: "none" })).body?.cancel();
      for (const { id, path } of limited) {
        const response = await send(id, sampleRequests[id]);
        const header = (name: string) => Number(response.headers.get(name));
        const [limit, remaining, reset, retry] = ["x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset", "retry-after"].map(
          header,
        );
        assert.deepEqual([id, response.status, limit, remaining, retry], [id, 429, 1, 0, reset]);
        assert.ok(Number.isInteger(reset) && Number(reset) >= 1 && Number(reset) <= 60, `${id}: ${reset}`);
        assert.equal((await response.text()) === "", path.startsWith("/connect/"), "no body in the Connect dialect");
      }
    });
  });

  test("getHealth says when the server is shutting down", async () => {
    const { send, target, expectError } = openSession(kit);
    await target.faults?.whileShuttingDown(async () => {
      await expectError(send("getHealth"), 503, "ShuttingDown");
    });
  });
};
