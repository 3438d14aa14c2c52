import { bitLength, shiftHalfEven } from "./binary.ts";

/** Values from here on are summed as integers: partial sums of smaller ones cannot overflow. */
const large = 2 ** 900;

/**
 * The exact sum of a multiset of doubles: whatever was added and taken back before, in whatever order, `total` is the sum of
 * what is in it now, rounded once, half to even.
 *
 * Integers are added as a double as long as that is exact. Else the sum is kept as doubles that do not overlap (J. R. Shewchuk,
 * "Adaptive Precision Floating-Point Arithmetic", 1997). Infinities and NaN are counted, so that taking one back leaves the finite sum.
 */
export class ExactFloatSum {
  private integers = 0;
  private partials: number[] | undefined;
  /** Sum of the values of at least `large`, in units of 2^-1074. */
  private huge = 0n;
  private positiveInfinities = 0;
  private negativeInfinities = 0;
  private nans = 0;

  add(value: number, weight: number): void {
    const sum = this.integers + value * weight;
    if (Number.isInteger(value) && sum < 2 ** 52 && sum > -(2 ** 52) && Math.abs(value * weight) < 2 ** 52) {
      this.integers = sum;
    } else {
      this.addAny(value, weight);
    }
  }

  total(): number {
    if (this.nans > 0 || (this.positiveInfinities > 0 && this.negativeInfinities > 0)) return NaN;
    if (this.positiveInfinities > 0) return Infinity;
    if (this.negativeInfinities > 0) return -Infinity;
    if (this.partials === undefined && this.huge === 0n) return this.integers;
    const partials = this.partials === undefined ? [] : [...this.partials];
    grow(partials, this.integers);
    return this.huge === 0n ? round(partials) : fromFixedPoint(partials.reduce((sum, x) => sum + toFixedPoint(x), this.huge));
  }

  /** The finite part, in units of 2^-1074. Undefined when an infinity or NaN is in. */
  fixedPoint(): bigint | undefined {
    if (this.nans > 0 || this.positiveInfinities > 0 || this.negativeInfinities > 0) return undefined;
    return (this.partials ?? []).reduce((sum, x) => sum + toFixedPoint(x), this.huge + toFixedPoint(this.integers));
  }

  private addAny(value: number, weight: number): void {
    if (value !== value) this.nans += weight;
    else if (value === Infinity) this.positiveInfinities += weight;
    else if (value === -Infinity) this.negativeInfinities += weight;
    else if (Math.abs(value) >= large || Math.abs(weight) >= 2 ** 31) this.huge += toFixedPoint(value) * BigInt(weight);
    else this.addPartial(value, weight);
    if (this.partials?.length === 0) this.partials = undefined;
  }

  /** Adds `value` once for each bit of the weight, doubled as often as the bit says: each such product is exact. */
  private addPartial(value: number, weight: number): void {
    const partials = (this.partials ??= []);
    let term = weight < 0 ? -value : value;
    for (let rest = Math.abs(weight); rest > 0; rest = Math.floor(rest / 2)) {
      if (rest % 2 === 1) grow(partials, term);
      term *= 2;
    }
  }
}

/** Adds a double to an expansion of doubles in ascending magnitude; zeros are left out. */
function grow(partials: number[], value: number): void {
  let kept = 0;
  let x = value;
  for (let i = 0; i < partials.length; i++) {
    let y = partials[i] as number;
    if (Math.abs(x) < Math.abs(y)) [x, y] = [y, x];
    const high = x + y;
    const low = y - (high - x);
    if (low !== 0) partials[kept++] = low;
    x = high;
  }
  partials.length = kept;
  if (x !== 0) partials.push(x);
}

/** The sum of an expansion, rounded half to even: what lies below the rounded double decides a tie. */
function round(partials: readonly number[]): number {
  let i = partials.length - 1;
  if (i < 0) return 0;
  let high = partials[i--] as number;
  let low = 0;
  while (i >= 0) {
    const x = high;
    const y = partials[i--] as number;
    high = x + y;
    low = y - (high - x);
    if (low !== 0) break;
  }
  const next = i >= 0 ? (partials[i] as number) : 0;
  if ((low < 0 && next < 0) || (low > 0 && next > 0)) {
    const twice = low * 2;
    const away = high + twice;
    if (twice === away - high) return away;
  }
  return high;
}

const bits = new DataView(new ArrayBuffer(8));

/** A finite double as an exact multiple of 2^-1074. */
export function toFixedPoint(value: number): bigint {
  bits.setFloat64(0, value);
  const raw = bits.getBigUint64(0);
  const exponent = (raw >> 52n) & 0x7ffn;
  const fraction = raw & 0xfffffffffffffn;
  const magnitude = exponent === 0n ? fraction : (fraction | 0x10000000000000n) << (exponent - 1n);
  return value < 0 ? -magnitude : magnitude;
}

/** The double nearest to a multiple of 2^-1074, half to even; an infinity beyond the range. */
export function fromFixedPoint(value: bigint): number {
  const magnitude = value < 0n ? -value : value;
  const shift = Math.max(0, bitLength(magnitude) - 53);
  const result = Number(shiftHalfEven(magnitude, shift)) * 2 ** (shift - 1074);
  return value < 0n ? -result : result;
}
