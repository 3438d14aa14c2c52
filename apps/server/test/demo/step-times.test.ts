import { describe, expect, test } from "@jest/globals";
import { bucketQuantile, stepTimesLine } from "../../src/demo/step-times.ts";

const buckets = [
  { le: 0.01, count: 0 },
  { gt: 0.01, le: 0.02, count: 50 },
  { gt: 0.02, le: 0.05, count: 49 },
  { gt: 0.05, count: 1 },
];

describe("times of steps from a histogram", () => {
  test("are read within the bucket that holds the share", () => {
    expect(bucketQuantile(buckets, 0.25)).toBeCloseTo(0.015);
    expect(bucketQuantile(buckets, 0.5)).toBeCloseTo(0.02);
    expect(bucketQuantile(buckets, 0.99)).toBeCloseTo(0.05);
    expect(bucketQuantile(buckets, 1)).toBe(0.05);
  });

  test("are a line with the median and the p99", () => {
    expect(stepTimesLine(buckets)).toBe("100 steps, each about 20 ms (median), 50 ms (p99)");
    expect(stepTimesLine([{ le: 0.01, count: 3 }])).toBe("3 steps, each about 5.0 ms (median), 9.9 ms (p99)");
  });

  test("are nothing before the first step", () => {
    expect(stepTimesLine([{ le: 0.01, count: 0 }])).toBeUndefined();
  });
});
