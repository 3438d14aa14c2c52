import { describe, expect, test } from "@jest/globals";
import { ConnectorErrors, cutMiddle } from "../src/connector-errors.ts";
import { timestamp } from "../src/async/clock.ts";
import { ConnectionLimit } from "../src/runtime/connection-limit.ts";

const clock = { now: () => 1_700_000_000_123.456, sleep: () => Promise.resolve() };

describe("the errors of a connector", () => {
  test("are the last hundred of each tag, in order, with a running index", () => {
    const errors = new ConnectorErrors(clock, (text) => text.replaceAll("hunter2", "***"));
    for (let i = 1; i <= 250; i += 1) errors.add(`failure ${String(i)} with hunter2`, i % 50 === 0 ? "rare" : "common");
    const list = errors.list();
    expect(errors.count).toBe(250);
    expect(list.filter((error) => error.tag === "rare").map((error) => error.index)).toEqual([50, 100, 150, 200, 250]);
    expect(list.filter((error) => error.tag === "common")).toHaveLength(100);
    expect(list.map((error) => error.index)).toEqual(list.map((error) => error.index).sort((a, b) => a - b));
    expect(list.at(-1)).toEqual({ timestamp: "2023-11-14T22:13:20.123456Z", index: 250, tag: "rare", message: "failure 250 with ***" });
  });

  test("do not grow with the number of tags", () => {
    const errors = new ConnectorErrors(clock, (text) => text);
    for (let i = 0; i < 20_000; i += 1) errors.add("x", `tag ${String(i)}`);
    expect(errors.list().length).toBeLessThan(200);
  });

  test("are cut in the middle to 8 KiB, whatever their characters", () => {
    for (const text of ["a".repeat(9000), "é".repeat(9000), "🦆".repeat(9000)]) {
      const cut = cutMiddle(text);
      expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(8192);
      expect(Buffer.byteLength(cut)).toBeGreaterThan(8170);
      expect(cut).toContain("…");
      expect(cut).not.toContain("\uFFFD");
    }
    expect(cutMiddle("short")).toBe("short");
  });
});

test("timestamps have microseconds", () => {
  expect(timestamp(0.001)).toBe("1970-01-01T00:00:00.000001Z");
});

test("a place among the API connections is given back once", () => {
  const limit = new ConnectionLimit(1);
  const release = limit.take();
  expect(() => limit.take()).toThrow(expect.objectContaining({ code: "ApiConnectionLimit" }) as unknown as Error);
  release();
  release();
  limit.take();
  expect(() => limit.take()).toThrow();
});
