import { timestamp, type Clock } from "./async/clock.ts";
import type { ConnectorErrorEntry } from "./socket/protocol.ts";

const keptPerTag = 100;
const maxTags = 64;
const maxMessage = 8 * 1024;

/** Errors of one kind of one connector: a running count, and the last hundred per tag. */
export class ConnectorErrors {
  readonly #clock: Clock;
  readonly #scrub: (text: string) => string;
  readonly #byTag = new Map<string | null, ConnectorErrorEntry[]>();
  #count = 0;

  constructor(clock: Clock, scrub: (text: string) => string) {
    this.#clock = clock;
    this.#scrub = scrub;
  }

  /** Goes on counting where an earlier run stopped. */
  restore(count: number): void {
    this.#count = count;
  }

  get count(): number {
    return this.#count;
  }

  add(message: string, tag: string | undefined): ConnectorErrorEntry {
    this.#count += 1;
    const entry: ConnectorErrorEntry = {
      timestamp: timestamp(this.#clock.now()),
      index: this.#count,
      tag: tag ?? null,
      message: cutMiddle(this.#scrub(message)),
    };
    const key = this.#byTag.has(entry.tag) || this.#byTag.size < maxTags ? entry.tag : null;
    const list = this.#byTag.get(key);
    if (list === undefined) this.#byTag.set(key, [entry]);
    else {
      if (list.length >= keptPerTag) list.shift();
      list.push(entry);
    }
    return entry;
  }

  list(): ConnectorErrorEntry[] {
    return [...this.#byTag.values()].flat().sort((a, b) => a.index - b.index);
  }
}

/** Cuts to 8 KiB of UTF-8, keeping both ends. */
export function cutMiddle(text: string): string {
  if (text.length * 3 <= maxMessage) return text;
  const bytes = Buffer.from(text);
  if (bytes.length <= maxMessage) return text;
  const half = Math.floor((maxMessage - 3) / 2) - 3;
  const clean = (part: Buffer): string => part.toString("utf8").replaceAll("\uFFFD", "");
  return `${clean(bytes.subarray(0, half))}…${clean(bytes.subarray(bytes.length - half))}`;
}
