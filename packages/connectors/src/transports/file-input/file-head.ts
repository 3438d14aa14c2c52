import { createHash } from "node:crypto";

/** By its first bytes a file is known again. */
export const headBytes = 1024;

/** The first bytes of a file, as they pass. */
export class FileHead {
  readonly #bytes = Buffer.alloc(headBytes);
  #length = 0;
  #whole: string | undefined;

  /** Bytes of the file that stand at `position`. */
  add(bytes: Uint8Array, position: number): void {
    if (position >= headBytes || position !== this.#length) return;
    const part = bytes.subarray(0, headBytes - position);
    this.#bytes.set(part, position);
    this.#length += part.byteLength;
  }

  /** Of the first `offset` bytes, or of as many as are looked at. */
  digest(offset: number): string {
    const length = Math.min(offset, this.#length);
    if (length < headBytes) return hash(this.#bytes.subarray(0, length));
    return (this.#whole ??= hash(this.#bytes));
  }
}

const hash = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("base64url").slice(0, 16);
