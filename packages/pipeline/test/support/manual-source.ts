import type { InputChunk, InputTransport } from "@headgate/connector-kit";
import type { Row } from "@headgate/engine";
import { Notifier } from "../../src/async/notifier.ts";

/** A source that a test feeds by hand. */
export class ManualSource implements InputTransport {
  readonly violations: string[] = [];
  closed = false;
  /** Called before each read settles: may throw. */
  beforeRead: () => void = () => undefined;
  beforeOpen: () => void = () => undefined;
  #chunks: InputChunk[] = [];
  #ended = false;
  #reading = false;
  readonly #changed = new Notifier();

  push(...rows: Row[]): void {
    this.#chunks.push({ kind: "changes", batch: { rows, ops: undefined }, bytes: rows.length * 8 });
    this.#changed.notify();
  }
  remove(...rows: Row[]): void {
    this.#chunks.push({ kind: "changes", batch: { rows, ops: new Uint8Array(rows.length).fill(1) }, bytes: rows.length * 8 });
    this.#changed.notify();
  }
  end(): void {
    this.#ended = true;
    this.#changed.notify();
  }
  /** Chunks that nobody has read yet. */
  get waiting(): number {
    return this.#chunks.length;
  }

  async open(): Promise<void> {
    this.beforeOpen();
  }
  async read(signal: AbortSignal): Promise<InputChunk | undefined> {
    if (this.#reading) this.violations.push("read while read is under way");
    this.#reading = true;
    try {
      for (;;) {
        signal.throwIfAborted();
        this.beforeRead();
        const seen = this.#changed.version;
        const chunk = this.#chunks.shift();
        if (chunk !== undefined) return chunk;
        if (this.#ended) return undefined;
        await this.#changed.wait(seen, { signal });
      }
    } finally {
      this.#reading = false;
    }
  }
  async close(): Promise<void> {
    this.closed = true;
  }
}
