import { expect, test } from "@jest/globals";
import { createClock } from "../src/clock.ts";

test("times are RFC 3339 with microseconds, and each is later than the one before, also when the machine's clock goes back", () => {
  const walls = [1_700_000_000_000, 1_700_000_000_000, 1_600_000_000_000, 1_700_000_000_001];
  const clock = createClock(() => walls.shift() ?? 0);
  const times = [clock(), clock(), clock(), clock(), clock()];
  for (const time of times) expect(time).toMatch(/^2023-11-14T22:13:20\.\d{6}Z$/);
  expect(new Set(times).size).toBe(5);
  expect([...times].sort()).toEqual(times);
});
