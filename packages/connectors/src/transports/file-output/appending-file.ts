import type { OutputFile } from "./file-system.ts";

/**
 * A file that grows by whole chunks. What a failed append may have left at its end is cut off before anything else is
 * written, so the file is always a row of acknowledged chunks.
 */
export class AppendingFile {
  readonly #file: OutputFile;
  /** Bytes of acknowledged chunks. */
  #length = 0;
  /** Something may stand behind the acknowledged bytes. */
  #untidy = false;

  /** Until the first append (or {@link empty}), what the file holds already stays. */
  constructor(file: OutputFile) {
    this.#file = file;
  }

  async append(bytes: Uint8Array, signal: AbortSignal): Promise<void> {
    await this.tidy();
    this.#untidy = true;
    try {
      await this.#writeAll(bytes, signal);
    } catch (error) {
      // Best effort now, so that a reader does not see the part; the next call does it before it writes.
      await this.tidy().catch(() => undefined);
      throw error;
    }
    this.#untidy = false;
    this.#length += bytes.byteLength;
  }

  /** Bytes of acknowledged chunks. */
  get length(): number {
    return this.#length;
  }

  /** Goes on behind the first `length` bytes; the rest is thrown away. */
  async resumeAt(length: number): Promise<void> {
    this.#length = length;
    this.#untidy = true;
    await this.tidy();
  }

  /** Makes the acknowledged chunks outlive a crash of the machine; may run beside an append. */
  async syncAcknowledged(): Promise<void> {
    await this.#file.sync();
  }

  /** Throws away all that the file holds. */
  async empty(): Promise<void> {
    this.#length = 0;
    this.#untidy = true;
    await this.tidy();
  }

  /** Cuts off what is not acknowledged. */
  async tidy(): Promise<void> {
    if (!this.#untidy) return;
    await this.#file.truncate(this.#length);
    this.#untidy = false;
  }

  async sync(): Promise<void> {
    await this.tidy();
    await this.#file.sync();
  }

  /** Never throws. */
  async close(): Promise<void> {
    await this.tidy().catch(() => undefined);
    await this.#file.close().catch(() => undefined);
  }

  async #writeAll(bytes: Uint8Array, signal: AbortSignal): Promise<void> {
    let done = 0;
    while (done < bytes.byteLength) {
      signal.throwIfAborted();
      const written = await this.#file.write(done === 0 ? bytes : bytes.subarray(done), this.#length + done);
      if (written <= 0) throw new Error("the file system wrote nothing and gave no reason");
      done += written;
    }
  }
}
