import { expect, test } from "@jest/globals";
import { toCheckpointActivity, toPermanentErrors, toSuspendError } from "../../src/wire/checkpoints.ts";

test("what stands in the way of a checkpoint is told in the published words", () => {
  const forever = { permanent: ["StorageRequired", { unsupportedInputEndpoint: "t.c" }] } as const;
  expect(toSuspendError(forever)).toEqual({ Permanent: ["StorageRequired", { UnsupportedInputEndpoint: "t.c" }] });
  expect(toPermanentErrors(forever)).toEqual(["StorageRequired", { UnsupportedInputEndpoint: "t.c" }]);
  const passing = { temporary: ["Replaying", { inputEndpointBarrier: "t.c" }] } as const;
  expect(toSuspendError(passing)).toEqual({ Temporary: ["Replaying", { InputEndpointBarrier: "t.c" }] });
  expect([toPermanentErrors(passing), toSuspendError(null), toPermanentErrors(null)]).toEqual([null, null, null]);
});

test("a checkpoint under way, put off or neither is told with its time", () => {
  const at = "2026-09-01T10:00:00.000000Z";
  expect(toCheckpointActivity({ status: "idle" })).toEqual({ status: "idle" });
  expect(toCheckpointActivity({ status: "in_progress", startedAt: at })).toEqual({ status: "in_progress", started_at: at });
  expect(toCheckpointActivity({ status: "delayed", delayedSince: at, reasons: ["Replaying"] })).toEqual({
    status: "delayed",
    delayed_since: at,
    reasons: ["Replaying"],
  });
});
