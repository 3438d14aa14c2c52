import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { formatDecimal, parseDecimal } from "../../../src/formats/values/decimal.ts";

/** Digits times a power of ten, rounded half away from zero by integer arithmetic alone. */
function slowly(digits: bigint, exponent: number, scale: number): bigint {
  const shift = exponent + scale;
  if (shift >= 0) return digits * 10n ** BigInt(shift);
  const divisor = 10n ** BigInt(-shift);
  const half = digits < 0n ? -divisor : divisor;
  return (digits * 2n + half) / (divisor * 2n);
}

test("text in any form is the number it says, rounded half away from zero", () => {
  const digits = fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n });
  fc.assert(
    fc.property(digits, fc.integer({ min: -25, max: 10 }), fc.integer({ min: 0, max: 6 }), (value, exponent, scale) => {
      const expected = slowly(value, exponent, scale);
      expect(parseDecimal(`${value}e${exponent}`, 38, scale)).toBe(expected);
      if (exponent <= 0) expect(parseDecimal(formatDecimal(value, -exponent), 38, scale)).toBe(expected);
    }),
    { seed: 2, numRuns: 3000 },
  );
});

test("what does not fit is refused, at the exact limit", () => {
  expect(parseDecimal("9.99", 3, 2)).toBe(999n);
  expect(() => parseDecimal("9.995", 3, 2)).toThrow(/9\.995 does not fit DECIMAL\(3, 2\)/);
  expect(() => parseDecimal("10", 3, 2)).toThrow(/does not fit/);
  expect(() => parseDecimal("1e999999", 38, 0)).toThrow(/does not fit/);
  expect(parseDecimal("1e-999999", 38, 0)).toBe(0n);
  for (const text of ["", ".", "-", "1.2.3", "0x1", "e5", "1e", "Infinity"]) {
    expect(() => parseDecimal(text, 10, 2)).toThrow(/expected a decimal number/);
  }
});
