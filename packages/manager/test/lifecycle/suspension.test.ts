import { expect, test } from "@jest/globals";
import { recovered } from "../../src/lifecycle/happenings.ts";
import { suspend, suspended, suspendFailed } from "../../src/lifecycle/suspension.ts";
import { later, present, samplePipeline, states } from "../fixtures/sample-pipeline.ts";

const suspending = suspend(samplePipeline(states.Paused), present);

test("what was being suspended when the server died has stopped: all that it had accepted is in its storage", () => {
  expect(recovered(suspending, later)).toMatchObject({
    resourcesStatus: "Stopped",
    resourcesDesiredStatus: "Stopped",
    runtimeDesiredStatus: null,
    storageStatus: "InUse",
    deploymentError: null,
  });
});

test("a suspension that failed leaves the wish of before, and is nothing when somebody has stopped the pipeline meanwhile", () => {
  expect(suspendFailed(suspending, "full", later)).toMatchObject({ runtimeDesiredStatus: "Paused", runtimeReason: "full" });
  const stopping = suspended(suspending, later);
  expect(stopping).toMatchObject({ resourcesStatus: "Stopping", resourcesDesiredStatus: "Stopped", deploymentError: null });
  expect(suspendFailed(stopping, "full", later)).toBe(stopping);
  expect(suspendFailed(samplePipeline(states.Running), "full", later)).toMatchObject({ runtimeReason: null });
});

test("a pipeline that is filling its views goes on to what the start asked for", () => {
  const filling = suspend(samplePipeline({ ...states.Running, runtimeStatus: "Bootstrapping" }), present);
  expect(suspendFailed(filling, "Bootstrapping", later)).toMatchObject({ runtimeDesiredStatus: "Running" });
});
