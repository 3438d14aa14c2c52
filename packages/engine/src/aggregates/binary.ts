/** Binary digits of a number that is not negative; 0 for 0. */
export function bitLength(value: bigint): number {
  const hex = value.toString(16);
  const top = parseInt(hex.charAt(0), 16);
  return (hex.length - 1) * 4 + (top === 0 ? 0 : 32 - Math.clz32(top));
}

/** `value` / 2^`shift`, rounded to the nearest integer, half to even. Not for negative values. */
export function shiftHalfEven(value: bigint, shift: number): bigint {
  if (shift === 0) return value;
  const by = BigInt(shift);
  const kept = value >> by;
  const rest = value - (kept << by);
  const half = 1n << (by - 1n);
  return rest > half || (rest === half && (kept & 1n) === 1n) ? kept + 1n : kept;
}

/** The double nearest to `numerator` / `denominator` (positive), half to even, rounded first to `bits` digits when that is more than 53. */
export function divide(numerator: bigint, denominator: bigint, bits = 53): number {
  if (numerator === 0n) return 0;
  const magnitude = numerator < 0n ? -numerator : numerator;
  // Enough digits that the quotient has at least `bits` + 2 of them; what is left of the division only has to break ties.
  const scale = Math.max(0, bits + 2 - (bitLength(magnitude) - bitLength(denominator)) + 1);
  const shifted = magnitude << BigInt(scale);
  const quotient = shifted / denominator;
  const sticky = (quotient << 1n) | (quotient * denominator === shifted ? 0n : 1n);
  const excess = bitLength(sticky) - bits;
  const rounded = shiftHalfEven(sticky, excess);
  const result = scaleDouble(rounded, excess - scale - 1);
  return numerator < 0n ? -result : result;
}

/** `value` · 2^`exponent` as a double, in steps that stay in its range. */
function scaleDouble(value: bigint, exponent: number): number {
  const nearest = Number(value);
  if (exponent < -1000) return nearest * 2 ** -500 * 2 ** (exponent + 500);
  return exponent > 900 ? nearest * 2 ** 500 * 2 ** (exponent - 500) : nearest * 2 ** exponent;
}
