import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { bitLength, divide, shiftHalfEven } from "../../src/aggregates/binary.ts";

describe("divide", () => {
  it("divides integers that are doubles as the processor does", () => {
    const integer = fc.maxSafeInteger();
    fc.assert(
      fc.property(integer, integer, (a, b) => {
        fc.pre(b > 0);
        expect(divide(BigInt(a), BigInt(b))).toBe(a / b + 0);
      }),
    );
  });

  it("rounds a second time when the first rounding has more digits", () => {
    // 1 + 2^-53 + 2^-70 is above the middle of two doubles, and the middle itself when it is first cut to 64 digits.
    const numerator = 2n ** 70n + 2n ** 17n + 1n;
    expect(divide(numerator, 2n ** 70n)).toBe(1 + 2 ** -52);
    expect(divide(numerator, 2n ** 70n, 64)).toBe(1);
  });

  it("reaches subnormal doubles and infinity", () => {
    expect(divide(1n, 2n ** 1074n)).toBe(5e-324);
    expect(divide(2n ** 1100n, 1n)).toBe(Infinity);
    expect(divide(-(2n ** 1023n), 1n)).toBe(-(2 ** 1023));
  });
});

describe("bitLength", () => {
  it("counts binary digits", () => {
    fc.assert(fc.property(fc.bigInt({ min: 1n }), (value) => expect(bitLength(value)).toBe(value.toString(2).length)));
    expect(bitLength(0n)).toBe(0);
  });
});

describe("shiftHalfEven", () => {
  it("takes the even neighbour of a middle", () => {
    expect([5n, 6n, 7n, 10n, 14n].map((value) => shiftHalfEven(value, 2))).toEqual([1n, 2n, 2n, 2n, 4n]);
  });
});
