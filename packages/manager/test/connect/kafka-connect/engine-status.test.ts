import { expect, test } from "@jest/globals";
import { type StatusParts, toStatus } from "../../../src/connect/kafka-connect/engine-status.ts";
import type { EngineStatus } from "../../../src/connect/kafka-connect/engine-types.ts";

const engine = (connector: string, ...tasks: readonly (readonly [state: string, trace?: string])[]): EngineStatus => ({
  name: "c",
  type: "sink",
  connector: { state: connector, worker_id: "a:8083" },
  tasks: tasks.map(([state, trace], id) => ({ id, state, worker_id: "b:8083", ...(trace === undefined ? {} : { trace }) })),
});
const of = (status: EngineStatus | undefined, more: Partial<StatusParts> = {}) =>
  toStatus({
    name: "c",
    engine: status,
    everRan: true,
    young: false,
    previous: undefined,
    settling: false,
    secrets: [],
    observedAt: 1000,
    staleBecause: undefined,
    silence: () => undefined,
    ...more,
  });
const dataTrace = "org.apache.kafka.connect.errors.DataException: cannot read hunter2\n\tat x";

test("one failed task among others makes a connector DEGRADED, which the engine calls RUNNING, with the task's trace", () => {
  expect(of(engine("RUNNING", ["RUNNING"], ["FAILED", dataTrace]), { secrets: ["hunter2"] })).toMatchObject({
    state: "DEGRADED",
    rawState: "RUNNING",
    trace: expect.stringContaining("DataException: cannot read ****************"),
    tasks: [
      { id: 0, state: "RUNNING", msg: "", rawWorker: "b:8083" },
      { id: 1, state: "USER_ACTIONABLE_ERROR", rawState: "FAILED" },
    ],
  });
});

test("a connector that failed itself has its own trace, whatever its tasks do", () => {
  const failed = { ...engine("FAILED", ["RUNNING"]), connector: { state: "FAILED", worker_id: "a:8083", trace: "no such table" } };
  expect(of(failed)).toMatchObject({ state: "FAILED", trace: "no such table" });
});

test("tasks without a worker are DEGRADED in words, since the engine has none for it", () => {
  expect(of(engine("RUNNING", ["UNASSIGNED"], ["RUNNING"]))).toMatchObject({
    state: "DEGRADED",
    trace: "Not all tasks run: task 0 is UNASSIGNED.",
  });
  expect(of(engine("UNASSIGNED"))).toMatchObject({ state: "DEGRADED", trace: "The connector has no worker." });
});

test("what the engine has no status of is PROVISIONING", () => {
  expect(of(undefined)).toMatchObject({ state: "PROVISIONING", type: "unknown", tasks: [], rawState: "NONE" });
});

test("what runs on a worker that does not answer is no fresh news; what runs nowhere is", () => {
  const silence = (worker: string): string | undefined => (worker === "b:8083" ? "connection refused" : undefined);
  expect(of(engine("RUNNING", ["RUNNING"]), { silence }).staleBecause).toBe(
    "The worker b:8083 that runs task 0 does not answer: connection refused",
  );
  expect(of(engine("RUNNING", ["UNASSIGNED"]), { silence }).staleBecause).toBeUndefined();
});

test("a trace of any length is told in bounded length, and says how much is missing", () => {
  const { trace } = of(engine("RUNNING", ["FAILED", "x".repeat(100_000)]));
  expect(trace.length).toBeLessThan(33_000);
  expect(trace).toMatch(/\(67232 more characters\)$/);
});
