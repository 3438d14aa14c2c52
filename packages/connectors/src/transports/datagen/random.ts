/** A seeded source of random numbers (the sfc32 generator): the same seed gives the same sequence, everywhere. */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #count = 1;

  constructor(seed: bigint) {
    this.#a = Number(seed & 0xffff_ffffn) | 0;
    this.#b = Number((seed >> 32n) & 0xffff_ffffn) | 0;
    this.#c = 0x9e37_79b9 | 0;
    // The first outputs of neighbouring seeds resemble each other.
    for (let i = 0; i < 16; i += 1) this.bits32();
  }

  /** Where the sequence stands. */
  get state(): readonly [number, number, number, number] {
    return [this.#a, this.#b, this.#c, this.#count];
  }
  set state([a, b, c, count]: readonly [number, number, number, number]) {
    this.#a = a;
    this.#b = b;
    this.#c = c;
    this.#count = count;
  }

  /** 32 random bits, as a whole number from 0. */
  bits32(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#count) | 0;
    this.#count = (this.#count + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum;
    return sum >>> 0;
  }

  /** At least 0, below 1, with 53 random bits. */
  unit(): number {
    return ((this.bits32() >>> 5) * 67_108_864 + (this.bits32() >>> 6)) / 9_007_199_254_740_992;
  }

  /** A whole number from 0, below `bound`; exact up to 2^53. */
  below(bound: number): number {
    return Math.floor(this.unit() * bound);
  }

  /** A whole number from 0, below `bound`, of any size. */
  belowBig(bound: bigint): bigint {
    if (bound <= 9_007_199_254_740_992n) return BigInt(this.below(Number(bound)));
    const bits = bound.toString(2).length;
    for (;;) {
      let drawn = 0n;
      for (let have = 0; have < bits; have += 32) drawn = (drawn << 32n) | BigInt(this.bits32());
      drawn &= (1n << BigInt(bits)) - 1n;
      if (drawn < bound) return drawn;
    }
  }
}
