import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { ExactFloatSum, fromFixedPoint, toFixedPoint } from "../../src/aggregates/exact-float-sum.ts";

const double = fc.oneof(
  fc.double(),
  fc.double({ noDefaultInfinity: true, noNaN: true, min: -1e6, max: 1e6 }),
  fc.integer({ min: -1000, max: 1000 }),
  fc.constantFrom(1e308, -1e308, 5e-324, 0.1, 0.2, 0.3, 2 ** 53, 1, -1, 2 ** -53, Infinity, -Infinity, NaN, -0),
);
const entry = fc.tuple(double, fc.constantFrom(1, 1, 1, -1, 2, -3, 1000003));

function summed(entries: readonly (readonly [number, number])[]): ExactFloatSum {
  const sum = new ExactFloatSum();
  for (const [value, weight] of entries) sum.add(value, weight);
  return sum;
}

describe("ExactFloatSum", () => {
  it("rounds the exact sum of finite values once", () => {
    const finite = entry.filter(([value]) => Number.isFinite(value));
    fc.assert(
      fc.property(fc.array(finite), (entries) => {
        const exact = entries.reduce((sum, [value, weight]) => sum + toFixedPoint(value) * BigInt(weight), 0n);
        expect(summed(entries).total() + 0).toBe(fromFixedPoint(exact) + 0);
        expect(summed(entries).fixedPoint()).toBe(exact);
      }),
    );
  });

  it("does not depend on the order of values, nor on what came and went", () => {
    fc.assert(
      fc.property(fc.array(entry), fc.array(entry), fc.infiniteStream(fc.nat()), (kept, gone, dice) => {
        const all = [...kept, ...gone, ...gone.map(([value, weight]) => [value, -weight] as const)];
        const shuffled = all
          .map((item) => ({ item, at: dice.next().value as number }))
          .sort((a, b) => a.at - b.at)
          .map(({ item }) => item);
        expect(summed(shuffled).total()).toBe(summed(kept).total());
      }),
    );
  });

  it("counts infinities and NaN, so that they can be taken back", () => {
    const sum = summed([
      [1.5, 1],
      [Infinity, 1],
    ]);
    expect(sum.total()).toBe(Infinity);
    sum.add(-Infinity, 1);
    expect(sum.total()).toBe(NaN);
    sum.add(Infinity, -1);
    expect(sum.total()).toBe(-Infinity);
    sum.add(-Infinity, -1);
    sum.add(NaN, 1);
    expect(sum.total()).toBe(NaN);
    sum.add(NaN, -1);
    expect(sum.total()).toBe(1.5);
  });

  it("overflows to an infinity and comes back", () => {
    const sum = summed([[1e308, 3]]);
    expect(sum.total()).toBe(Infinity);
    sum.add(1e308, -2);
    expect(sum.total()).toBe(1e308);
  });
});

describe("fromFixedPoint", () => {
  it("gives back every double, subnormal ones and the greatest too", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(fromFixedPoint(toFixedPoint(value)) + 0).toBe(value + 0);
      }),
    );
    for (const value of [5e-324, 2 ** -1022, Number.MAX_VALUE]) expect(fromFixedPoint(toFixedPoint(value))).toBe(value);
  });
});
