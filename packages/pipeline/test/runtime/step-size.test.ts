import { describe, expect, test } from "@jest/globals";
import { StepSize } from "../../src/runtime/step-size.ts";

/** What the size comes to when each step takes as much as it may. */
function settled(cost: (records: number) => number, steps = 200, initial = 80_000): number {
  const size = new StepSize(initial);
  for (let i = 0; i < steps; i += 1) {
    // Queues are not always deep enough.
    const records = Math.max(1, Math.floor(size.records * (0.5 + ((i * 7) % 10) / 20)));
    size.add(records, cost(records));
  }
  return size.records;
}

describe("the size of a step", () => {
  test("is what was given until a step has been measured", () => {
    expect(new StepSize(10_000).records).toBe(10_000);
  });

  test("comes to what takes fifty milliseconds where a step itself costs little", () => {
    const records = settled((n) => 1 + n / 200);
    expect(records).toBeGreaterThan(8500);
    expect(records).toBeLessThan(11_000);
  });

  test("grows from a small beginning as well as it shrinks from a large one", () => {
    const cost = (n: number): number => 2 + n / 400;
    expect(settled(cost, 200, 1000) / settled(cost, 200, 1_000_000)).toBeCloseTo(1, 1);
  });

  test("stays large where each step is dear: most of its time goes into records", () => {
    const records = settled((n) => 200 + n / 500);
    const milliseconds = records / 500;
    expect(milliseconds).toBeGreaterThan(1000);
    expect(milliseconds).toBeLessThan(2000);
  });

  test("follows steps that become slower", () => {
    const size = new StepSize(10_000);
    for (let i = 0; i < 100; i += 1) size.add(5000 + (i % 5) * 1000, 5 + (i % 5));
    const before = size.records;
    for (let i = 0; i < 100; i += 1) size.add(5000 + (i % 5) * 1000, 50 + (i % 5) * 10);
    expect(size.records).toBeLessThanOrEqual(before / 2);
    expect(size.records).toBeLessThan(8000);
  });

  test("does not grow on the word of steps that are much smaller", () => {
    const size = new StepSize(10_000);
    for (let i = 0; i < 100; i += 1) size.add(100 + (i % 7), 2);
    expect(size.records).toBe(10_000);
  });

  test("is not led astray by steps of one size, by noise, or by steps without records", () => {
    const size = new StepSize(10_000);
    for (let i = 0; i < 50; i += 1) size.add(2000, 10 + (i % 3));
    expect(size.records).toBeGreaterThan(5000);
    expect(size.records).toBeLessThan(12_000);
    for (let i = 0; i < 50; i += 1) size.add(0, 500);
    expect(size.records).toBeLessThan(12_000);
    for (let i = 0; i < 50; i += 1) size.add(1000 + (i % 2) * 5000, i % 2 === 0 ? 90 : 10);
    expect(size.records).toBeGreaterThanOrEqual(2500);
    expect(size.records).toBeLessThanOrEqual(1_000_000);
  });
});
