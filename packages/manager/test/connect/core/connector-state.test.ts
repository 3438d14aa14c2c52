import { expect, test } from "@jest/globals";
import fc from "fast-check";
import type { ConnectorState, ConnectTaskState } from "../../../src/connect/api.ts";
import { type ConnectorLook, connectorState } from "../../../src/connect/core/connector-state.ts";

const states: readonly ConnectorState[] = ["NONE", "PROVISIONING", "RUNNING", "DEGRADED", "FAILED", "PAUSED", "DELETED"];
const taskStates: readonly ConnectTaskState[] = ["RUNNING", "STOPPED", "UNASSIGNED", "RESTARTING", "SYSTEM_ERROR", "USER_ACTIONABLE_ERROR"];
const isError = (task: ConnectTaskState): boolean => task === "SYSTEM_ERROR" || task === "USER_ACTIONABLE_ERROR";

const running: ConnectorLook = {
  deleting: false,
  started: true,
  accepted: true,
  failed: false,
  assigned: true,
  target: "RUNNING",
  tasks: ["RUNNING", "RUNNING"],
  everRan: true,
  young: false,
  previous: "RUNNING",
  settling: false,
};

const cases: readonly (readonly [string, Partial<ConnectorLook>, ConnectorState])[] = [
  ["a deletion shows before anything else", { deleting: true, failed: true }, "DELETED"],
  ["one that nobody asked for and nothing is known of is NONE", { started: false, accepted: false }, "NONE"],
  ["one that was asked for is PROVISIONING until the engine knows it", { started: false }, "PROVISIONING"],
  ["a failure of the connector itself is FAILED whatever its tasks do", { failed: true }, "FAILED"],
  ["all tasks RUNNING is RUNNING", {}, "RUNNING"],
  ["a new one without tasks is PROVISIONING", { tasks: [], everRan: false, young: true }, "PROVISIONING"],
  ["one without tasks that is no longer new has none to run", { tasks: [], everRan: false }, "RUNNING"],
  ["one without tasks that nobody has taken yet is PROVISIONING", { tasks: [], everRan: false, assigned: false }, "PROVISIONING"],
  ["one without tasks that lost its worker is DEGRADED", { tasks: [], assigned: false }, "DEGRADED"],
  ["all tasks in error is FAILED", { tasks: ["SYSTEM_ERROR", "USER_ACTIONABLE_ERROR"] }, "FAILED"],
  ["one task in error among others is DEGRADED", { tasks: ["RUNNING", "SYSTEM_ERROR"] }, "DEGRADED"],
  ["one task in error among unassigned ones is DEGRADED", { tasks: ["UNASSIGNED", "SYSTEM_ERROR"] }, "DEGRADED"],
  ["tasks that wait for a worker for the first time are PROVISIONING", { tasks: ["UNASSIGNED"], everRan: false }, "PROVISIONING"],
  ["tasks that lost their worker are DEGRADED", { tasks: ["UNASSIGNED", "UNASSIGNED"] }, "DEGRADED"],
  ["some tasks that lost their worker are DEGRADED", { tasks: ["RUNNING", "UNASSIGNED"] }, "DEGRADED"],
  ["a restart of a RUNNING one stays RUNNING", { tasks: ["RESTARTING", "RUNNING"] }, "RUNNING"],
  ["a restart of a FAILED one is not RUNNING yet", { tasks: ["RESTARTING", "RUNNING"], previous: "FAILED" }, "DEGRADED"],
  ["a pause that is under way shows the state of before", { target: "PAUSED", tasks: ["STOPPED", "RUNNING"], settling: true }, "RUNNING"],
  ["a pause that got stuck shows that it did", { target: "PAUSED", tasks: ["STOPPED", "RUNNING"] }, "DEGRADED"],
  ["a pause that all tasks have followed is PAUSED", { target: "PAUSED", tasks: ["STOPPED", "STOPPED"], settling: true }, "PAUSED"],
  ["one that was stopped has no tasks and is PAUSED", { target: "PAUSED", tasks: [] }, "PAUSED"],
  ["a failed task does not pause", { target: "PAUSED", tasks: ["STOPPED", "SYSTEM_ERROR"] }, "DEGRADED"],
  ["a pause of failed tasks alone stays FAILED", { target: "PAUSED", tasks: ["SYSTEM_ERROR"], previous: "FAILED" }, "FAILED"],
  ["a pause while no worker has the tasks is PAUSED", { target: "PAUSED", tasks: ["UNASSIGNED", "STOPPED"] }, "PAUSED"],
  ["a resume under way stays PAUSED", { tasks: ["STOPPED", "RUNNING"], previous: "PAUSED", settling: true }, "PAUSED"],
  ["a resume from a stop stays PAUSED until there are tasks", { tasks: [], previous: "PAUSED", settling: true }, "PAUSED"],
  ["a resume passes over UNASSIGNED", { tasks: ["UNASSIGNED"], previous: "PAUSED", settling: true }, "PAUSED"],
  ["a resume that fails is FAILED at once", { tasks: ["SYSTEM_ERROR"], previous: "PAUSED", settling: true }, "FAILED"],
  ["a resume that got stuck shows that it did", { tasks: ["UNASSIGNED"], previous: "PAUSED" }, "DEGRADED"],
];

test.each(cases)("%s", (_, look, state) => {
  expect(connectorState({ ...running, ...look })).toBe(state);
});

const anyLook: fc.Arbitrary<ConnectorLook> = fc.record({
  deleting: fc.boolean(),
  started: fc.boolean(),
  accepted: fc.boolean(),
  failed: fc.boolean(),
  assigned: fc.boolean(),
  target: fc.constantFrom("RUNNING" as const, "PAUSED" as const),
  tasks: fc.array(fc.constantFrom(...taskStates), { maxLength: 4 }),
  everRan: fc.boolean(),
  young: fc.boolean(),
  previous: fc.option(fc.constantFrom(...states), { nil: undefined }),
  settling: fc.boolean(),
});

test("every look has a state, which a task in error never lets be RUNNING or PROVISIONING once things have settled", () => {
  fc.assert(
    fc.property(anyLook, (look) => {
      const state = connectorState(look);
      expect(states).toContain(state);
      if (look.tasks.some(isError) && look.started && !look.settling) expect(["FAILED", "DEGRADED", "DELETED"]).toContain(state);
    }),
  );
});

test("RUNNING is told of tasks that run, of a restart, of a connector that needs none, or while a pause settles; PAUSED only of stopped ones", () => {
  fc.assert(
    fc.property(anyLook, (look) => {
      const state = connectorState(look);
      const settled = !look.settling;
      if (state === "RUNNING" && settled) {
        expect(look.tasks.every((task) => task === "RUNNING" || task === "RESTARTING")).toBe(true);
        expect(look.started && !look.failed && !look.deleting).toBe(true);
      }
      if (state === "PAUSED" && settled) expect(look.tasks.every((task) => task === "STOPPED" || task === "UNASSIGNED")).toBe(true);
    }),
  );
});

test("between the old state and PAUSED, and back, nothing else is told as long as no task fails", () => {
  const healthy = fc.array(fc.constantFrom<ConnectTaskState>("RUNNING", "STOPPED", "UNASSIGNED", "RESTARTING"), { maxLength: 4 });
  fc.assert(
    fc.property(healthy, fc.boolean(), (tasks, pausing) => {
      const look: ConnectorLook = { ...running, tasks, settling: true, ...(pausing ? { target: "PAUSED" } : { previous: "PAUSED" }) };
      expect(["RUNNING", "PAUSED"]).toContain(connectorState(look));
    }),
  );
});
