const smallest = 64 * 1024;

/**
 * Bytes that are not consumed yet: what is left of earlier pieces, and the newest piece. A piece that arrives when nothing
 * is left is used in place, so complete records are never copied; what is kept past it goes to memory of our own.
 */
export class ByteBuffer {
  #data: Buffer = Buffer.alloc(0);
  #start = 0;
  #end = 0;
  #owned = false;

  /** Valid between `start` and `end`; replaced by `append`. */
  get data(): Buffer {
    return this.#data;
  }
  get start(): number {
    return this.#start;
  }
  get end(): number {
    return this.#end;
  }

  append(bytes: Uint8Array): void {
    const held = this.#end - this.#start;
    if (held === 0) {
      this.#data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      this.#start = 0;
      this.#end = bytes.byteLength;
      this.#owned = false;
      return;
    }
    if (!this.#owned || this.#data.length - this.#end < bytes.byteLength) this.#move(held + bytes.byteLength);
    this.#data.set(bytes, this.#end);
    this.#end += bytes.byteLength;
  }

  /** Takes a whole message, after everything else is consumed. Its bytes never change, so that it needs no view of its own. */
  appendMessage(bytes: Uint8Array): void {
    if (!Buffer.isBuffer(bytes)) return this.append(bytes);
    this.#data = bytes;
    this.#start = 0;
    this.#end = bytes.byteLength;
    this.#owned = false;
  }

  consume(upTo: number): void {
    this.#start = upTo;
  }

  /** Takes what is held into memory of our own, as the caller's piece is theirs again after its push is done. */
  keep(): void {
    if (!this.#owned && this.#end > this.#start) this.#move(this.#end - this.#start);
  }

  #move(needed: number): void {
    // Doubling keeps the copying linear when a large record arrives in many pieces.
    const target = Buffer.allocUnsafeSlow(Math.max(smallest, needed * 2));
    this.#data.copy(target, 0, this.#start, this.#end);
    this.#end -= this.#start;
    this.#start = 0;
    this.#data = target;
    this.#owned = true;
  }
}
