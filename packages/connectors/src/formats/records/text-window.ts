import { isAscii, isUtf8 } from "node:buffer";

const windowBytes = 64 * 1024;

/**
 * Decodes records of a buffer. Plain ASCII is decoded a window at a time and then sliced, which is several times cheaper
 * than decoding record by record; a window with other characters falls back to that.
 */
export class TextWindow {
  #data: Buffer | undefined;
  #from = 0;
  #to = 0;
  #text: string | undefined;

  /** The text between two positions of a buffer that is filled up to `limit`; undefined when it is not valid UTF-8. */
  slice(data: Buffer, from: number, to: number, limit: number): string | undefined {
    if (data !== this.#data || from < this.#from || to > this.#to) this.#open(data, from, to, limit);
    if (this.#text !== undefined) return this.#text.slice(from - this.#from, to - this.#from);
    return isUtf8(data.subarray(from, to)) ? data.toString("utf8", from, to) : undefined;
  }

  /** Like `slice`, but a string of its own, for what outlives the window. */
  copy(data: Buffer, from: number, to: number, limit: number): string | undefined {
    if (data !== this.#data || from < this.#from || to > this.#to) this.#open(data, from, to, limit);
    if (this.#text !== undefined) return data.toString("latin1", from, to);
    return this.slice(data, from, to, limit);
  }

  #open(data: Buffer, from: number, to: number, limit: number): void {
    this.#data = data;
    this.#from = from;
    this.#to = Math.max(to, Math.min(from + windowBytes, limit));
    const ascii = isAscii(from === 0 && this.#to === data.length ? data : data.subarray(from, this.#to));
    this.#text = ascii ? data.toString("latin1", from, this.#to) : undefined;
  }
}
