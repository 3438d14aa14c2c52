import { isUtf8 } from "node:buffer";
import { AvroDataError } from "./avro-error.ts";

/** Elements of a list or map that take no bytes are believed up to this many. */
const maxEmptyElements = 100_000;

/** Reads Avro's binary form, and nothing beyond its end. */
export class ByteReader {
  readonly #data: Buffer;
  #at: number;

  constructor(data: Uint8Array, from = 0) {
    this.#data = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
    this.#at = from;
  }

  get left(): number {
    return this.#data.length - this.#at;
  }
  byte(): number {
    const value = this.#data[this.#at];
    if (value === undefined) return tooShort();
    this.#at += 1;
    return value;
  }
  /** A whole number that a double holds; a larger one is no value of what it is read for. */
  int(): number {
    const value = this.long();
    if (typeof value === "bigint") throw new AvroDataError(`the number ${value} is too large here`);
    return value;
  }
  /** A whole number of 64 bits: a bigint when a double does not hold it. */
  long(): number | bigint {
    let zigzag = 0;
    let unit = 1;
    for (let place = 0; place < 7; place++) {
      const next = this.byte();
      zigzag += (next & 0x7f) * unit;
      if (next < 0x80) return zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2;
      unit *= 0x80;
    }
    return this.#wideLong(BigInt(zigzag));
  }
  #wideLong(start: bigint): bigint | number {
    let zigzag = start;
    for (let place = 7n; place < 10n; place++) {
      const next = this.byte();
      zigzag |= BigInt(next & 0x7f) << (place * 7n);
      if (next >= 0x80) continue;
      const value = BigInt.asIntN(64, (zigzag >> 1n) ^ -(zigzag & 1n));
      const small = Number(value);
      return Number.isSafeInteger(small) ? small : value;
    }
    throw new AvroDataError("a number takes more than ten bytes");
  }
  float(): number {
    return this.#data.readFloatLE(this.#advance(4));
  }
  double(): number {
    return this.#data.readDoubleLE(this.#advance(8));
  }
  bytes(): Uint8Array {
    return this.fixed(this.#length());
  }
  fixed(length: number): Uint8Array {
    const from = this.#advance(length);
    return Uint8Array.from(this.#data.subarray(from, from + length));
  }
  string(): string {
    const length = this.#length();
    const from = this.#advance(length);
    const text = this.#data.toString("utf8", from, from + length);
    if (text.includes("\ufffd") && !isUtf8(this.#data.subarray(from, from + length))) throw new AvroDataError("a string is not UTF-8");
    return text;
  }
  skip(length: number): void {
    this.#advance(length);
  }
  skipBytes(): void {
    this.#advance(this.#length());
  }
  /** Reads the blocks of a list or map. */
  blocks(element: () => void): void {
    let empty = 0;
    for (;;) {
      let count = this.int();
      if (count === 0) return;
      if (count < 0) {
        count = -count;
        // The block's size in bytes, for readers that skip it.
        this.int();
      }
      for (; count > 0; count--) {
        const before = this.#at;
        element();
        if (this.#at === before && ++empty > maxEmptyElements)
          throw new AvroDataError(`a list has over ${maxEmptyElements} empty elements`);
      }
    }
  }

  #length(): number {
    const length = this.int();
    if (length < 0) throw new AvroDataError(`a length is ${length}`);
    return length;
  }
  #advance(length: number): number {
    const from = this.#at;
    if (length > this.#data.length - from) return tooShort();
    this.#at = from + length;
    return from;
  }
}

function tooShort(): never {
  throw new AvroDataError("the message ends in the middle of a value");
}
