import { expect, test } from "@jest/globals";
import type { Pipeline } from "../../../src/api.ts";
import { stateFromStats, stateWithoutStats, type EndpointStats } from "../../../src/connect/embedded/embedded-state.ts";
import { samplePipeline, states } from "../../fixtures/sample-pipeline.ts";

const error = { code: "InitializationError", message: "no such file", details: {} };
const provisioned = (runtimeStatus: Pipeline["runtimeStatus"]): Partial<Pipeline> => ({ ...states.Running, runtimeStatus });

test.each<[string, Partial<Pipeline>, readonly [string, string, string]]>([
  ["stopped", states.Stopped, ["PAUSED", "STOPPED", "Stopped"]],
  ["stopping", states.Stopping, ["PAUSED", "STOPPED", "Stopping"]],
  ["stopped by a failure", { deploymentError: error }, ["FAILED", "SYSTEM_ERROR", "Stopped"]],
  ["about to start", { resourcesDesiredStatus: "Provisioned" }, ["PROVISIONING", "UNASSIGNED", "Provisioning"]],
  ["being deployed", states.Provisioning, ["PROVISIONING", "UNASSIGNED", "Provisioning"]],
  ["initializing", provisioned("Initializing"), ["PROVISIONING", "UNASSIGNED", "Initializing"]],
  ["being rebuilt", provisioned("Bootstrapping"), ["PROVISIONING", "UNASSIGNED", "Bootstrapping"]],
  ["replaying", provisioned("Replaying"), ["PROVISIONING", "UNASSIGNED", "Replaying"]],
  ["waiting for approval", provisioned("AwaitingApproval"), ["PROVISIONING", "UNASSIGNED", "AwaitingApproval"]],
  ["suspended", provisioned("Suspended"), ["PAUSED", "STOPPED", "Suspended"]],
])("a connector of a pipeline that is %s", (_, fields, [state, task, rawState]) => {
  expect(stateWithoutStats(samplePipeline(fields))).toMatchObject({ state, task, rawState });
});

test("the failure of a pipeline is its connectors' trace, and who waits for approval is told how to give it", () => {
  expect(stateWithoutStats(samplePipeline({ deploymentError: error }))?.trace).toBe("no such file");
  expect(stateWithoutStats(samplePipeline(provisioned("AwaitingApproval")))?.msg).toContain("/v0/pipelines/orders/approve");
});

test("a pipeline at work, or one that should be, leaves it to its counters", () => {
  for (const status of ["Running", "Paused", "Unavailable"] as const) {
    expect(stateWithoutStats(samplePipeline(provisioned(status)))).toBeUndefined();
  }
});

const input: EndpointStats = { fatalError: null, health: null, paused: false, metrics: { endOfInput: false } };
const unhealthy = { status: "Unhealthy", description: "connection refused" } as const;

test.each<[string, "Running" | "Paused", EndpointStats, readonly [string, string, string, string]]>([
  ["an input at work", "Running", input, ["RUNNING", "RUNNING", "Running", ""]],
  ["an input at its end", "Running", { ...input, metrics: { endOfInput: true } }, ["RUNNING", "RUNNING", "EndOfInput", ""]],
  ["a paused input", "Running", { ...input, paused: true }, ["PAUSED", "STOPPED", "Paused", ""]],
  ["an input of a paused pipeline", "Paused", input, ["PAUSED", "STOPPED", "PipelinePaused", ""]],
  ["an output of a paused pipeline", "Paused", { fatalError: null, health: null }, ["PAUSED", "STOPPED", "PipelinePaused", ""]],
  ["an output at work", "Running", { fatalError: null, health: null }, ["RUNNING", "RUNNING", "Running", ""]],
  ["one that retries", "Running", { ...input, health: unhealthy }, ["DEGRADED", "RESTARTING", "Unhealthy", "connection refused"]],
  ["one that stopped for good", "Running", { ...input, fatalError: "gone" }, ["FAILED", "USER_ACTIONABLE_ERROR", "Failed", "gone"]],
  [
    "one that stopped for good and is paused",
    "Paused",
    { ...input, paused: true, fatalError: "gone" },
    ["FAILED", "USER_ACTIONABLE_ERROR", "Failed", "gone"],
  ],
])("%s (%s pipeline)", (_, pipeline, stats, [state, task, rawState, trace]) => {
  expect(stateFromStats(pipeline, stats)).toEqual({ state, task, rawState, trace, msg: trace });
});
