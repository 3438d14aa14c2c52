const smallest = 64 * 1024;
/** Memory beyond this is given back when the content has been taken. */
const kept = 4 * 1024 * 1024;

/** Bytes that grow at their end. Numbers are little-endian. */
export class ByteWriter {
  #data = Buffer.allocUnsafeSlow(smallest);
  #view = new DataView(this.#data.buffer);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Makes room for `bytes` more and gives the place where they go; the caller fills them through {@link view} or {@link data}. */
  claim(bytes: number): number {
    const at = this.#length;
    this.#length += bytes;
    if (this.#length > this.#data.length) this.#grow();
    return at;
  }
  /** Valid until the next claim. */
  get view(): DataView {
    return this.#view;
  }
  /** Valid until the next claim. */
  get data(): Buffer {
    return this.#data;
  }

  u8(value: number): void {
    const at = this.claim(1);
    this.#data[at] = value;
  }
  u32(value: number): void {
    const at = this.claim(4);
    this.#view.setUint32(at, value, true);
  }
  bytes(value: Uint8Array): void {
    const at = this.claim(value.length);
    this.#data.set(value, at);
  }
  /** A text with its length before it. */
  text(value: string): void {
    const length = Buffer.byteLength(value);
    this.u32(length);
    const at = this.claim(length);
    this.#data.write(value, at, "utf8");
  }
  /** Overwrites four bytes that were claimed before. */
  setU32(at: number, value: number): void {
    this.#view.setUint32(at, value, true);
  }

  /** Forgets the bytes from `length` on. */
  truncate(length: number): void {
    this.#length = length;
  }

  /** The content; valid until the next change. */
  content(): Buffer {
    return this.#data.subarray(0, this.#length);
  }

  clear(): void {
    this.#length = 0;
    if (this.#data.length > kept) this.#replace(smallest);
  }

  #grow(): void {
    const old = this.#data;
    this.#replace(Math.max(old.length * 2, this.#length));
    old.copy(this.#data);
  }
  #replace(size: number): void {
    this.#data = Buffer.allocUnsafeSlow(size);
    this.#view = new DataView(this.#data.buffer);
  }
}
