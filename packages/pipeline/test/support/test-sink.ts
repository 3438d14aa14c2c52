import type { EncodedChunk, Encoder, OutputTransport, SinkReset } from "@headgate/connector-kit";
import type { Delta, Row } from "@headgate/engine";

export type SinkCall = "open" | "write" | "flush" | "begin" | "commit" | "close";

/** Encodes a delta as JSON, a few records a chunk, so that one delta is several writes. */
export const testEncoder: Encoder = {
  *encode(delta: Delta) {
    for (let i = 0; i < delta.length; i += 3) {
      const part = delta.slice(i, i + 3);
      if (part.some(([row]) => row[1] === "unencodable")) {
        yield { message: "cannot encode" };
        continue;
      }
      const records = part.reduce((sum, [, weight]) => sum + Math.abs(weight), 0);
      yield { bytes: Buffer.from(JSON.stringify(part)), records };
    }
  },
};

/**
 * A sink that keeps what a reader would see, checks that it is called as the contract says, and fails when a test says so.
 * Writes of a step become visible one by one, a reset's only at its commit.
 */
export class TestSink implements OutputTransport {
  readonly calls: SinkCall[] = [];
  readonly violations: string[] = [];
  /** Called before each operation takes effect: may wait, may throw. */
  before: (call: SinkCall, signal: AbortSignal) => Promise<void> = () => Promise.resolve();
  readonly reset?: SinkReset;
  visible = new Map<string, number>();
  #shadow: Map<string, number> | undefined;
  #inCall: SinkCall | undefined;

  constructor(options: { readonly resettable?: boolean } = {}) {
    if (options.resettable !== false) {
      this.reset = {
        begin: (signal) => this.#call("begin", signal, () => (this.#shadow = new Map())),
        commit: (signal) => this.#commit(signal),
      };
    }
  }

  open(signal: AbortSignal): Promise<void> {
    return this.#call("open", signal, () => undefined);
  }
  write(chunk: EncodedChunk, signal: AbortSignal): Promise<void> {
    return this.#call("write", signal, () => {
      const target = this.#shadow ?? this.visible;
      for (const [row, weight] of JSON.parse(Buffer.from(chunk.bytes).toString()) as [Row, number][]) {
        const key = JSON.stringify(row);
        const count = (target.get(key) ?? 0) + weight;
        if (count < 0) this.violations.push(`${key} was removed more often than it was added`);
        if (count === 0) target.delete(key);
        else target.set(key, count);
      }
    });
  }
  flush(signal: AbortSignal): Promise<void> {
    return this.#call("flush", signal, () => undefined);
  }
  #commit(signal: AbortSignal): Promise<void> {
    return this.#call("commit", signal, () => {
      if (this.#shadow === undefined) this.violations.push("commit without begin");
      else this.visible = this.#shadow;
      this.#shadow = undefined;
    });
  }
  async close(): Promise<void> {
    this.calls.push("close");
  }

  async #call(call: SinkCall, signal: AbortSignal, effect: () => void): Promise<void> {
    if (this.#inCall !== undefined) this.violations.push(`${call} while ${this.#inCall} is under way`);
    this.#inCall = call;
    try {
      await this.before(call, signal);
      signal.throwIfAborted();
      this.calls.push(call);
      effect();
    } finally {
      this.#inCall = undefined;
    }
  }
}
