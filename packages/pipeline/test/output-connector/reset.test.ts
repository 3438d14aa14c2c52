import { describe, expect, test } from "@jest/globals";
import { initialResetState, transition, type ResetEvent, type ResetState } from "../../src/output-connector/reset.ts";
import { resetProgress, resetStatus } from "../../src/output-connector/reset-status.ts";

const events: Record<ResetEvent["type"], ResetEvent> = {
  requested: { type: "requested", at: 1000 },
  drained: { type: "drained" },
  sink_ready: { type: "sink_ready" },
  cut: { type: "cut", step: 7, records: 10, at: 2000 },
  sent: { type: "sent", records: 4 },
  failed: { type: "failed", error: "broken pipe" },
  restarted: { type: "restarted" },
  delivered: { type: "delivered", at: 3000 },
};
const after = (...types: ResetEvent["type"][]): ResetState =>
  types.reduce((state, type) => transition(state, events[type]), initialResetState);

const states = {
  following: after(),
  draining: after("requested"),
  resetting_sink: after("requested", "drained"),
  cutting: after("requested", "drained", "sink_ready"),
  snapshotting: after("requested", "drained", "sink_ready", "cut"),
};
/** State × event → phase after it; everything that is not here must be refused. */
const table: Record<keyof typeof states, Partial<Record<ResetEvent["type"], string>>> = {
  following: { requested: "draining" },
  draining: { requested: "draining", drained: "resetting_sink", failed: "draining" },
  resetting_sink: { requested: "draining", sink_ready: "snapshotting", failed: "resetting_sink" },
  cutting: { requested: "draining", cut: "snapshotting", restarted: "resetting_sink", failed: "snapshotting" },
  snapshotting: {
    requested: "draining",
    sent: "snapshotting",
    restarted: "resetting_sink",
    failed: "snapshotting",
    delivered: "following",
  },
};

describe("the reset state machine", () => {
  for (const [name, state] of Object.entries(states) as [keyof typeof states, ResetState][]) {
    for (const [type, event] of Object.entries(events) as [ResetEvent["type"], ResetEvent][]) {
      const expected = table[name][type];
      test(`${name} × ${type} → ${expected ?? "refused"}`, () => {
        if (expected === undefined) expect(() => transition(state, event)).toThrow(/cannot take the event/);
        else expect(transition(state, event).phase).toBe(expected);
      });
    }
  }

  test("a request in any phase raises the generation and forgets the older cut", () => {
    const superseded = transition(after("requested", "drained", "sink_ready", "cut", "sent"), { type: "requested", at: 5000 });
    expect(superseded).toEqual({ phase: "draining", generation: 2, startedAt: 5000, error: null, delivery: null });
  });

  test("a delivery keeps its generation, its times and its size", () => {
    const state = after("requested", "drained", "sink_ready", "cut", "sent", "delivered");
    expect(state.delivery).toEqual({ generation: 1, startedAt: 1000, completedAt: 3000, records: 10 });
  });

  test("starting over forgets what was sent, and keeps the error that made it necessary", () => {
    const state = after("requested", "drained", "sink_ready", "cut", "sent", "failed", "restarted", "sink_ready", "cut");
    expect(state).toMatchObject({ phase: "snapshotting", error: "broken pipe", cut: { sent: 0 } });
  });
});

describe("the status of a reset", () => {
  test("a superseded generation stays in progress until a later one is delivered, and is complete then", () => {
    const two = transition(after("requested", "drained", "sink_ready", "cut"), { type: "requested", at: 2500 });
    expect(resetStatus(two, 1, 2600).status).toBe("inprogress");
    const done = (["drained", "sink_ready", "cut", "delivered"] as const).reduce((state, type) => transition(state, events[type]), two);
    expect(resetStatus(done, 1, 4000)).toMatchObject({ status: "complete", phase: "following", snapshotRecords: 10 });
    expect(resetStatus(done, 2, 4000).status).toBe("complete");
  });

  test("a delivered generation stays complete while a later one runs", () => {
    const again = transition(after("requested", "drained", "sink_ready", "cut", "delivered"), { type: "requested", at: 9000 });
    expect(resetStatus(again, 1, 9001).status).toBe("complete");
    expect(resetStatus(again, 2, 9001)).toMatchObject({ status: "inprogress", phase: "draining", snapshotRecords: null });
  });

  test("the estimate follows the rate so far, and is null until there is one", () => {
    const cut = after("requested", "drained", "sink_ready", "cut");
    expect(resetStatus(cut, 1, 2500).estimatedCompletionAt).toBeNull();
    // 4 of 10 records in 1000 ms: 6 more take 1500 ms.
    const sent = transition(cut, events.sent);
    expect(resetStatus(sent, 1, 3000).estimatedCompletionAt).toBe("1970-01-01T00:00:04.500000Z");
  });

  test("stats show a reset only while it runs", () => {
    expect(resetProgress(states.following)).toBeNull();
    expect(resetProgress(after("requested", "failed"))).toEqual({
      phase: "draining",
      snapshotRecords: null,
      snapshotRecordsSent: 0,
      error: "broken pipe",
    });
  });
});
