/** Reads what a ByteWriter wrote. @throws RangeError past the end */
export class ByteReader {
  readonly data: Buffer;
  readonly view: DataView;
  at: number;
  readonly end: number;

  constructor(data: Buffer, at = 0, end = data.length) {
    this.data = data;
    this.view = new DataView(data.buffer, data.byteOffset, data.byteLength);
    this.at = at;
    this.end = end;
  }

  /** Passes over `bytes` and gives where they begin. */
  skip(bytes: number): number {
    const at = this.at;
    if (bytes < 0 || at + bytes > this.end) throw new RangeError("the record ends early");
    this.at = at + bytes;
    return at;
  }
  u8(): number {
    return this.view.getUint8(this.skip(1));
  }
  u32(): number {
    return this.view.getUint32(this.skip(4), true);
  }
  bytes(length: number): Buffer {
    const at = this.skip(length);
    return this.data.subarray(at, at + length);
  }
  text(): string {
    return this.bytes(this.u32()).toString("utf8");
  }
}
