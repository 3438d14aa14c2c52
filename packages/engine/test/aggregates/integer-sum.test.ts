import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { IntegerSum } from "../../src/aggregates/integer-sum.ts";

describe("IntegerSum", () => {
  it("is exact beyond what a double holds, and comes back", () => {
    const entry = fc.tuple(fc.integer({ min: -(2 ** 31), max: 2 ** 32 - 1 }), fc.oneof(fc.constantFrom(1, -1), fc.maxSafeInteger()));
    fc.assert(
      fc.property(fc.array(entry), (entries) => {
        const sum = new IntegerSum();
        let expected = 0n;
        for (const [value, weight] of entries) {
          if (weight === 0) continue;
          sum.add(value, weight);
          expected += BigInt(value) * BigInt(weight);
          expect(sum.total()).toBe(expected);
          if (sum.small() !== undefined) expect(BigInt(sum.small() as number)).toBe(expected);
        }
      }),
    );
  });
});
