import { describe, expect, test } from "@jest/globals";
import type { Pipeline, StartOptions } from "../../src/api.ts";
import { ManagerError } from "../../src/errors.ts";
import * as actions from "../../src/lifecycle/actions.ts";
import { suspend } from "../../src/lifecycle/suspension.ts";
import { define, edit, patched } from "../../src/pipelines/edit.ts";
import { later, present, samplePipeline, states, type StateName } from "../fixtures/sample-pipeline.ts";

const start = (p: Pipeline, options: StartOptions = {}): Pipeline => actions.start(p, actions.parseStart(options), present);
const codeOf = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    if (error instanceof ManagerError) return error.code;
    throw error;
  }
  return "accepted";
};

/** What an action does: it changes the pipeline, leaves it as it is, or is refused with a code. */
function verdict(state: StateName, action: (p: Pipeline) => Pipeline | void): string {
  const pipeline = samplePipeline(states[state]);
  let after: Pipeline | void = pipeline;
  const code = codeOf(() => (after = action(pipeline)));
  if (code !== "accepted") return code;
  return after === undefined || after === pipeline ? "no-op" : "effective";
}

const notStopped = "UpdateRestrictedToStopped";
const notDeployed = "PipelineInteractionNotDeployed";
const table: Readonly<Record<string, [(p: Pipeline) => Pipeline | void, Readonly<Record<StateName, string>>]>> = {
  "edit code": [
    (p) => edit(p, patched(p, { programCode: "CREATE TABLE u (x INT)" }), "0.1.0", present),
    { Stopped: "effective", Provisioning: notStopped, Paused: notStopped, Running: notStopped, Stopping: notStopped },
  ],
  "edit description and tags": [
    (p) => edit(p, patched(p, { description: "new", tags: ["new"] }), "0.1.0", present),
    { Stopped: "effective", Provisioning: "effective", Paused: "effective", Running: "effective", Stopping: "effective" },
  ],
  "start with equal options": [
    (p) => start(p),
    { Stopped: "effective", Provisioning: "no-op", Paused: "no-op", Running: "no-op", Stopping: "IllegalPipelineAction" },
  ],
  "start with another initial": [
    (p) => start(p, { initial: "paused" }),
    {
      Stopped: "effective",
      Provisioning: "InitialImmutableUnlessStopped",
      Paused: "InitialImmutableUnlessStopped",
      Running: "InitialImmutableUnlessStopped",
      Stopping: "IllegalPipelineAction",
    },
  ],
  "start with another bootstrap policy": [
    (p) => start(p, { bootstrapPolicy: "allow" }),
    {
      Stopped: "effective",
      Provisioning: "BootstrapPolicyImmutableUnlessStopped",
      Paused: "BootstrapPolicyImmutableUnlessStopped",
      Running: "BootstrapPolicyImmutableUnlessStopped",
      Stopping: "IllegalPipelineAction",
    },
  ],
  pause: [
    (p) => actions.setRuntime(p, "Paused", present),
    { Stopped: notDeployed, Provisioning: notDeployed, Paused: "no-op", Running: "effective", Stopping: notDeployed },
  ],
  resume: [
    (p) => actions.setRuntime(p, "Running", present),
    { Stopped: notDeployed, Provisioning: notDeployed, Paused: "effective", Running: "no-op", Stopping: notDeployed },
  ],
  "stop by force": [
    (p) => actions.forceStop(p, present),
    { Stopped: "no-op", Provisioning: "effective", Paused: "effective", Running: "effective", Stopping: "no-op" },
  ],
  suspend: [
    (p) => suspend(p, present),
    { Stopped: "no-op", Provisioning: "no-op", Paused: "effective", Running: "effective", Stopping: "no-op" },
  ],
  clear: [
    (p) => actions.clear(p, present),
    {
      Stopped: "no-op",
      Provisioning: "StorageStatusImmutableUnlessStopped",
      Paused: "StorageStatusImmutableUnlessStopped",
      Running: "StorageStatusImmutableUnlessStopped",
      Stopping: "StorageStatusImmutableUnlessStopped",
    },
  ],
  "dismiss error": [
    (p) => actions.dismissError(p, present),
    {
      Stopped: "no-op",
      Provisioning: "DismissErrorRestrictedToFullyStopped",
      Paused: "DismissErrorRestrictedToFullyStopped",
      Running: "DismissErrorRestrictedToFullyStopped",
      Stopping: "DismissErrorRestrictedToFullyStopped",
    },
  ],
  delete: [
    (p) => actions.assertDeletable(p),
    {
      Stopped: "no-op",
      Provisioning: "DeleteRestrictedToFullyStopped",
      Paused: "DeleteRestrictedToFullyStopped",
      Running: "DeleteRestrictedToFullyStopped",
      Stopping: "DeleteRestrictedToFullyStopped",
    },
  ],
  "stats and connector calls": [
    (p) => actions.assertDeployed(p),
    { Stopped: notDeployed, Provisioning: notDeployed, Paused: "no-op", Running: "no-op", Stopping: notDeployed },
  ],
};

describe("the published table of allowed actions", () => {
  for (const [name, [action, expected]] of Object.entries(table)) {
    test.each(Object.entries(expected) as [StateName, string][])(`${name} while %s is %s`, (state, outcome) => {
      expect(verdict(state, action)).toBe(outcome);
    });
  }
});

describe("start", () => {
  test("waits for a program that still compiles, and a second equal start changes nothing", () => {
    const waiting = start(samplePipeline({ programStatus: "CompilingSql" }));
    expect(waiting).toMatchObject({ resourcesStatus: "Stopped", resourcesDesiredStatus: "Provisioned", deploymentInitial: "Running" });
    expect(start(waiting)).toBe(waiting);
    expect(codeOf(() => edit(waiting, define({ name: "orders", programCode: "" }), "0.1.0", present))).toBe("UpdateRestrictedToStopped");
    expect(actions.forceStop(waiting, later)).toMatchObject({
      resourcesDesiredStatus: "Stopped",
      deploymentInitial: null,
      resourcesStatus: "Stopped",
    });
  });
  test.each(["SqlError", "RustError", "SystemError"] as const)("refuses a program that ended as %s", (programStatus) => {
    expect(codeOf(() => start(samplePipeline({ programStatus })))).toBe("CannotStartWithCompilationError");
  });
  test("refuses while storage is being cleared", () => {
    expect(codeOf(() => start(samplePipeline({ storageStatus: "Clearing" })))).toBe("CannotStartWhileClearingStorage");
  });
  test("dismisses an old error unless told not to", () => {
    const broken = samplePipeline({ deploymentError: { code: "RuntimeError.ProcessDied", message: "", details: null } });
    expect(codeOf(() => start(broken, { dismissError: false }))).toBe("CannotStartWithUndismissedError");
    expect(start(broken).deploymentError).toBeNull();
  });
  test.each([
    [{ initial: "standby" }, "InitialStandbyNotAllowed"],
    [{ initial: "asleep" }, "UnsupportedPipelineAction"],
    [{ initial: "constructor" }, "UnsupportedPipelineAction"],
    [{ silentBootstrap: true, concurrentBootstrap: true }, "InvalidBootstrapConfig"],
    [{ concurrentBootstrap: true }, "InvalidBootstrapConfig"],
  ])("refuses %j", (options, code) => {
    expect(codeOf(() => start(samplePipeline(), options))).toBe(code);
  });
});

test("an uncleared storage is kept by a stop, cleared on demand, and forbids deletion until then", () => {
  const used = samplePipeline({ storageStatus: "InUse" });
  expect(codeOf(() => actions.assertDeletable(used))).toBe("DeleteRestrictedToClearedStorage");
  expect(actions.clear(used, present).storageStatus).toBe("Clearing");
});

test("each time moves exactly when its own field does", () => {
  const running = samplePipeline(states.Running);
  const pausing = actions.setRuntime(running, "Paused", present);
  expect(pausing).toMatchObject({ runtimeDesiredStatusSince: present, deploymentDesiredStatusSince: present });
  const { runtimeDesiredStatus: _a, runtimeDesiredStatusSince: _b, deploymentDesiredStatusSince: _c, ...rest } = pausing;
  expect(running).toMatchObject(rest);
  const stopping = actions.forceStop(pausing, later);
  expect(stopping).toMatchObject({
    resourcesStatusSince: later,
    resourcesDesiredStatusSince: later,
    deploymentStatusSince: later,
    deploymentDesiredStatusSince: later,
    runtimeStatusSince: null,
    runtimeDesiredStatusSince: null,
    programStatusSince: running.programStatusSince,
  });
});
