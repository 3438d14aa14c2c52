/** Below this a running sum of numbers is exact, with room for one more product of a 32-bit value and a weight. */
const exact = 2 ** 52;

/** An exact sum of numbers that are integers of at most 32 bits: a double as long as it is exact, then a bigint. */
export class IntegerSum {
  private low = 0;
  private high = 0n;

  add(value: number, weight: number): void {
    const product = value * weight;
    const sum = this.low + product;
    if (sum < exact && sum > -exact && product < exact && product > -exact) this.low = sum;
    else this.spill(value, weight);
  }

  /** The sum when it is a small number, which most are; undefined when `total` is needed. */
  small(): number | undefined {
    return this.high === 0n ? this.low : undefined;
  }

  total(): bigint {
    return this.high + BigInt(this.low);
  }

  private spill(value: number, weight: number): void {
    const total = this.high + BigInt(this.low) + BigInt(value) * BigInt(weight);
    const fits = total < BigInt(exact) && total > -BigInt(exact);
    this.low = fits ? Number(total) : 0;
    this.high = fits ? 0n : total;
  }
}
