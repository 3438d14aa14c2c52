import { expect, test } from "@jest/globals";
import fc from "fast-check";
import type { Pipeline } from "../../src/api.ts";
import { createClock } from "../../src/clock.ts";
import { ManagerError } from "../../src/errors.ts";
import * as actions from "../../src/lifecycle/actions.ts";
import * as happenings from "../../src/lifecycle/happenings.ts";
import * as suspension from "../../src/lifecycle/suspension.ts";
import { compileBegan, compileEnded } from "../../src/lifecycle/program.ts";
import { edit, patched } from "../../src/pipelines/edit.ts";
import { samplePipeline } from "../fixtures/sample-pipeline.ts";

/** A pipeline with the least of a world around it: a process that is there or not, and a program being compiled or not. */
interface Model {
  pipeline: Pipeline;
  process: boolean;
  launches: number;
}

const clock = createClock();
const error = { code: "RuntimeError.ProcessDied", message: "died", details: {} };
const compiled = { program: { tables: [], views: [], indexes: [] }, inputConnectors: {}, outputConnectors: {} };
const nothing = { added: [], removed: [], modified: [] };
const change = { tables: nothing, views: { ...nothing, modified: ["v"] } };
const message = {
  warning: false,
  errorType: "Error",
  message: "no",
  position: { startLine: 1, startColumn: 1, endLine: 1, endColumn: 1 },
  snippet: undefined,
};

/** What the supervisor does right after each change. */
function settle(m: Model): void {
  if (m.process || !happenings.isLaunchable(m.pipeline)) return;
  m.pipeline = happenings.launched(m.pipeline, `incarnation-${String(++m.launches)}`, clock());
  m.process = true;
}

function compileTo(m: Model, good: boolean): void {
  if (m.pipeline.programStatus === "Pending") m.pipeline = compileBegan(m.pipeline, clock());
  if (m.pipeline.programStatus !== "CompilingSql") return;
  const outcome = good ? ({ ok: true, compiled, warnings: [] } as const) : ({ ok: false, messages: [message] } as const);
  for (const state of compileEnded(m.pipeline, outcome, "0.1.0", clock)) m.pipeline = state;
  if (!good) m.pipeline = happenings.compilationFailed(m.pipeline, clock());
}

const act = (action: (p: Pipeline) => Pipeline) => (m: Model) => void (m.pipeline = action(m.pipeline));
const whenProcess = (action: (p: Pipeline) => Pipeline) => (m: Model) => void (m.process && (m.pipeline = action(m.pipeline)));
let edits = 0;
const steps: Readonly<Record<string, (m: Model) => void>> = {
  start: act((p) => actions.start(p, actions.parseStart({}), clock())),
  "start paused": act((p) => actions.start(p, actions.parseStart({ initial: "paused", dismissError: false }), clock())),
  stop: act((p) => actions.forceStop(p, clock())),
  suspend: act((p) => suspension.suspend(p, clock())),
  "suspension failed": act((p) => suspension.suspendFailed(p, "the disk is full", clock())),
  "process suspended": whenProcess((p) => suspension.suspended(happenings.reported(p, "Suspended", clock()), clock())),
  "process waits for approval": whenProcess((p) => happenings.reported(p, "AwaitingApproval", clock(), change)),
  "process replays": whenProcess((p) => happenings.reported(p, "Replaying", clock())),
  pause: act((p) => actions.setRuntime(p, "Paused", clock())),
  resume: act((p) => actions.setRuntime(p, "Running", clock())),
  clear: act((p) => actions.clear(p, clock())),
  "dismiss error": act((p) => actions.dismissError(p, clock())),
  edit: act((p) => edit(p, patched(p, { programCode: `-- ${String(++edits)}` }), "0.1.0", clock())),
  compiled: (m) => compileTo(m, true),
  "compiled badly": (m) => compileTo(m, false),
  "storage cleared": act((p) => happenings.storageCleared(p, clock())),
  "process initializing": whenProcess((p) => happenings.reported(p, "Initializing", clock())),
  "process as desired": whenProcess((p) => {
    const desired = p.runtimeDesiredStatus ?? p.deploymentInitial;
    return happenings.reported(p, desired === "Paused" ? "Paused" : "Running", clock());
  }),
  "process silent": whenProcess((p) => happenings.reported(p, "Unavailable", clock())),
  "process died": (m) => {
    if (m.process) exit(m, true);
  },
  "server restarted": (m) => {
    m.process = false;
    m.pipeline = happenings.recovered(m.pipeline, clock());
  },
};

function exit(m: Model, unasked: boolean): void {
  m.process = false;
  if (unasked) m.pipeline = happenings.failed(m.pipeline, error, clock());
  m.pipeline = happenings.exited(m.pipeline, clock());
}

function assertLegal(m: Model): void {
  const p = m.pipeline;
  expect(p.runtimeStatus === null).toBe(p.resourcesStatus !== "Provisioned");
  expect(p.deploymentId === null).toBe(p.resourcesStatus === "Stopped");
  expect(m.process).toBe(p.resourcesStatus !== "Stopped");
  if (p.resourcesStatus === "Stopping") expect(p.resourcesDesiredStatus).toBe("Stopped");
  if (p.resourcesDesiredStatus === "Stopped")
    expect([p.runtimeDesiredStatus, p.deploymentInitial, p.bootstrapPolicy]).toEqual([null, null, null]);
  else expect(p.deploymentInitial).not.toBeNull();
  if (m.process) expect(p).toMatchObject({ storageStatus: "InUse", programStatus: "Success" });
  if (p.storageStatus === "Clearing") expect([p.resourcesStatus, p.resourcesDesiredStatus]).toEqual(["Stopped", "Stopped"]);
  if (p.deploymentError !== null) expect(p.resourcesDesiredStatus).toBe("Stopped");
  if (p.runtimeStatus !== "AwaitingApproval") expect(p.programChange).toBeNull();
  if (p.resourcesStatus !== "Provisioned") expect(p.runtimeReason).toBeNull();
  expect((p.programStatus === "Success") === (p.compiled !== null)).toBe(true);
}

const anyStep = fc.constantFrom(...Object.keys(steps));

test("no order of actions and accidents leads to an illegal state, and every accepted start ends deployed or with an error", () => {
  fc.assert(
    fc.property(fc.array(anyStep, { maxLength: 40 }), fc.boolean(), (names, luck) => {
      const m: Model = { pipeline: samplePipeline({ programStatus: "Pending", compiled: null }), process: false, launches: 0 };
      for (const name of names) {
        const before = m.pipeline;
        try {
          steps[name]?.(m);
        } catch (refusal) {
          if (!(refusal instanceof ManagerError)) throw refusal;
          expect(m.pipeline).toBe(before);
        }
        settle(m);
        assertLegal(m);
      }
      // Nobody acts any more: whatever was wished for must come true or fail with an error that says why.
      const wished = m.pipeline.resourcesDesiredStatus === "Provisioned";
      compileTo(m, luck);
      settle(m);
      if (m.pipeline.resourcesStatus === "Stopping") exit(m, false);
      if (m.process) steps["process as desired"]?.(m);
      assertLegal(m);
      if (!wished) expect(m.pipeline.resourcesStatus).toBe("Stopped");
      else if (m.pipeline.resourcesStatus !== "Provisioned") {
        expect(m.pipeline).toMatchObject({ resourcesStatus: "Stopped", resourcesDesiredStatus: "Stopped" });
        expect(m.pipeline.deploymentError).not.toBeNull();
      }
    }),
    { seed: 20261122, numRuns: 400 },
  );
});
