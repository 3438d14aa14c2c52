import { describe, expect, test } from "@jest/globals";
import { DurationHistogram } from "../../src/metrics/histogram.ts";
import { LatencyWindow } from "../../src/metrics/latency-window.ts";
import { memoryPressure, Resources } from "../../src/metrics/resources.ts";

test.each([
  [84, "low"],
  [85, "moderate"],
  [90, "high"],
  [95, "critical"],
])("%d %% of max_rss is %s memory pressure", (percent, expected) => {
  expect(memoryPressure(percent * 1024 * 1024, 100)).toBe(expected);
  expect(memoryPressure(percent * 1024 * 1024, null)).toBe("low");
});

describe("resources", () => {
  test("keep sixty samples, integrate storage over time, and count changes of pressure", async () => {
    let now = 0;
    let rss = 10;
    const resources = new Resources({
      clock: { now: () => now, sleep: () => Promise.resolve() },
      maxRssMb: 100,
      processedRecords: () => now,
      storageBytes: () => Promise.resolve(2 * 1024 * 1024),
      rssBytes: () => rss * 1024 * 1024,
    });
    for (let i = 0; i < 70; i += 1) {
      if (i === 50) rss = 96;
      await resources.sample();
      now += 1000;
    }
    expect(resources.samples).toHaveLength(60);
    expect(resources.samples[0]).toEqual({ t: 10_000, r: 10_000, m: 10 * 1024 * 1024, s: 2 * 1024 * 1024 });
    expect(resources.storageMbSecs).toBeCloseTo(69 * 2);
    expect(resources.pressureEpoch).toBe(1);
  });

  test("outlive a storage that cannot be measured", async () => {
    const resources = new Resources({
      clock: { now: () => 0, sleep: () => Promise.resolve() },
      maxRssMb: null,
      processedRecords: () => 0,
      storageBytes: () => Promise.reject(new Error("no such file")),
    });
    await resources.sample();
    expect(resources.samples).toHaveLength(1);
  });
});

test("the 99th percentile is of the last thousand samples", () => {
  const window = new LatencyWindow();
  expect(window.p99()).toBeUndefined();
  for (let i = 0; i < 5000; i += 1) window.add(1_000_000);
  for (let i = 1; i <= 1000; i += 1) window.add(i);
  expect(window.p99()).toBe(990);
});

test("a histogram counts each duration in the bucket that holds it", () => {
  const histogram = new DurationHistogram();
  for (const seconds of [0.0005, 0.001, 0.3, 100]) histogram.add(seconds);
  const value = histogram.value();
  if (typeof value === "number") throw new Error("not a histogram");
  expect(value).toMatchObject({ count: 4 });
  expect(value.sum).toBeCloseTo(100.3015);
  expect(value.buckets.filter((bucket) => bucket.count > 0)).toEqual([
    { le: 0.001, count: 2 },
    { gt: 0.2, le: 0.5, count: 1 },
    { gt: 60, count: 1 },
  ]);
});
