import { describe, expect, test } from "@jest/globals";
import { abortable, systemClock } from "../src/index.ts";

const reason = new Error("paused");
const never = (): AbortSignal => new AbortController().signal;

describe("abortable", () => {
  test("gives the work's result or its error", async () => {
    await expect(abortable(Promise.resolve(1), never())).resolves.toBe(1);
    await expect(abortable(Promise.reject(new Error("broken")), never())).rejects.toThrow("broken");
  });

  test("rejects with the signal's reason at once, before and during the work, and swallows a late failure", async () => {
    let fail: (error: Error) => void = () => undefined;
    const work = new Promise<never>((_, reject) => (fail = reject));
    const pause = new AbortController();
    const waiting = abortable(work, pause.signal);
    pause.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    await expect(abortable(work, pause.signal)).rejects.toBe(reason);
    fail(new Error("late"));
    await new Promise((resolve) => setImmediate(resolve));
  });
});

describe("the system clock", () => {
  test("goes forward, sleeps, and wakes when aborted", async () => {
    const start = systemClock.now();
    await systemClock.sleep(5);
    expect(systemClock.now() - start).toBeGreaterThanOrEqual(4);
    const pause = new AbortController();
    const asleep = systemClock.sleep(60_000, pause.signal);
    pause.abort(reason);
    await expect(asleep).rejects.toBe(reason);
    await expect(systemClock.sleep(60_000, pause.signal)).rejects.toBe(reason);
  });
});
