import { describe, expect, test } from "@jest/globals";
import { backOffMs, serverDelayMs } from "../src/retry-delay.ts";

const now = Date.parse("2026-01-01T00:00:00Z");
const asked = (headers: Record<string, string>) => serverDelayMs(new Headers(headers), now);

describe("the pause that the server asks for", () => {
  test("is Retry-After in seconds, fractions and zero included", () => {
    expect(asked({ "retry-after": "5" })).toBe(5000);
    expect(asked({ "retry-after": "0.25" })).toBe(250);
    expect(asked({ "retry-after": "0" })).toBe(0);
  });
  test("is the time until a Retry-After date, and never negative", () => {
    expect(asked({ "retry-after": "Thu, 01 Jan 2026 00:00:07 GMT" })).toBe(7000);
    expect(asked({ "retry-after": "Wed, 31 Dec 2025 00:00:00 GMT" })).toBe(0);
  });
  test("is X-RateLimit-Reset once the budget is spent, and only then", () => {
    expect(asked({ "x-ratelimit-reset": "3", "x-ratelimit-remaining": "0" })).toBe(3000);
    expect(asked({ "x-ratelimit-reset": "3", "x-ratelimit-remaining": "1" })).toBeUndefined();
    expect(asked({ "x-ratelimit-reset": "3" })).toBeUndefined();
  });
  test("prefers Retry-After to the rate limit", () => {
    expect(asked({ "retry-after": "1", "x-ratelimit-reset": "9", "x-ratelimit-remaining": "0" })).toBe(1000);
  });
  test.each(["soon", "", "-3"])("is nothing for Retry-After '%s' that says nothing", (value) => {
    const delay = asked({ "retry-after": value });
    expect(delay === undefined || delay === 0).toBe(true);
  });
});

test("back-off doubles, stays under its limit, and varies by a quarter at most", () => {
  const retry = { maxRetries: 9, baseMs: 100, maxMs: 1000 };
  const least = (attempt: number) => backOffMs(attempt, retry, () => 1);
  const most = (attempt: number) => backOffMs(attempt, retry, () => 0);
  expect([0, 1, 2, 3, 4, 9].map(most)).toEqual([100, 200, 400, 800, 1000, 1000]);
  expect([0, 1, 2, 3, 4, 9].map(least)).toEqual([75, 150, 300, 600, 750, 750]);
});
