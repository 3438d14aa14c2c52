/** Zigzag of a number up to this stays exact in a double. */
const exactZigzag = 2 ** 52;

/** Writes Avro's binary form. The bytes of one value are taken before the next is begun. */
export class ByteWriter {
  #buffer = Buffer.allocUnsafe(1024);
  #at = 0;

  /** Starts a value, with the bytes that stand before it. */
  begin(header: Uint8Array): void {
    this.#at = 0;
    this.#room(header.length);
    this.#buffer.set(header, 0);
    this.#at = header.length;
  }
  /** A copy of what was written since `begin`. */
  take(): Buffer {
    const taken = Buffer.allocUnsafe(this.#at);
    this.#buffer.copy(taken, 0, 0, this.#at);
    return taken;
  }

  byte(value: number): void {
    this.#room(1);
    this.#buffer[this.#at++] = value;
  }
  /** A whole number that a double holds. */
  int(value: number): void {
    if (value >= exactZigzag || value <= -exactZigzag) {
      this.long(BigInt(value));
      return;
    }
    this.#room(10);
    let rest = value >= 0 ? value * 2 : -value * 2 - 1;
    while (rest >= 0x80) {
      this.#buffer[this.#at++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.#buffer[this.#at++] = rest;
  }
  /** A whole number of 64 bits. */
  long(value: bigint): void {
    const small = Number(value);
    if (small < exactZigzag && small > -exactZigzag) {
      this.int(small);
      return;
    }
    this.#room(10);
    let rest = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n));
    while (rest >= 0x80n) {
      this.#buffer[this.#at++] = Number(rest & 0x7fn) | 0x80;
      rest >>= 7n;
    }
    this.#buffer[this.#at++] = Number(rest);
  }
  float(value: number): void {
    this.#room(4);
    this.#at = this.#buffer.writeFloatLE(value, this.#at);
  }
  double(value: number): void {
    this.#room(8);
    this.#at = this.#buffer.writeDoubleLE(value, this.#at);
  }
  bytes(value: Uint8Array): void {
    this.int(value.length);
    this.fixed(value);
  }
  fixed(value: Uint8Array): void {
    this.#room(value.length);
    this.#buffer.set(value, this.#at);
    this.#at += value.length;
  }
  string(value: string): void {
    const length = Buffer.byteLength(value);
    this.int(length);
    this.#room(length);
    this.#at += this.#buffer.write(value, this.#at, length, "utf8");
  }

  #room(bytes: number): void {
    const needed = this.#at + bytes;
    if (needed <= this.#buffer.length) return;
    const grown = Buffer.allocUnsafe(Math.max(needed, this.#buffer.length * 2));
    this.#buffer.copy(grown, 0, 0, this.#at);
    this.#buffer = grown;
  }
}
