/** The last lines of one pipeline, over all its incarnations, for many readers. */
export interface LogRing {
  append(line: string): void;
  /** Past lines, then live ones, each without its line end; ends when the ring closes or the signal aborts. */
  follow(signal: AbortSignal): AsyncIterable<string>;
  close(): void;
}

/** How much a ring keeps: the first bound that is met counts. */
export interface LogLimits {
  readonly lines: number;
  readonly characters: number;
}

const standardLimits: LogLimits = { lines: 10_000, characters: 8 * 1024 * 1024 };

/**
 * Creates a ring. A reader is only a position in it: one that is too slow misses lines (and is told how many), and never
 * holds memory of its own.
 */
export function createLogRing(limits: LogLimits = standardLimits): LogRing {
  const lines = new Map<number, string>();
  let first = 0;
  let next = 0;
  let characters = 0;
  let closed = false;
  let news = Promise.withResolvers<undefined>();

  const wake = (): void => {
    news.resolve(undefined);
    news = Promise.withResolvers<undefined>();
  };
  const drop = (): void => {
    characters -= lines.get(first)?.length ?? 0;
    lines.delete(first++);
  };

  async function* follow(signal: AbortSignal): AsyncGenerator<string> {
    const aborted = Promise.withResolvers<undefined>();
    const onAbort = (): void => aborted.resolve(undefined);
    signal.addEventListener("abort", onAbort, { once: true });
    let position = first;
    try {
      while (!signal.aborted) {
        if (position < first) {
          yield `... ${String(first - position)} lines left out, the reader was too slow`;
          position = first;
        } else if (position < next) {
          yield lines.get(position++) ?? "";
        } else if (closed) {
          return;
        } else {
          await Promise.race([news.promise, aborted.promise]);
        }
      }
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  }

  return {
    append: (line) => {
      if (closed) return;
      lines.set(next++, line);
      characters += line.length;
      while (next - first > limits.lines || (characters > limits.characters && next - first > 1)) drop();
      wake();
    },
    follow,
    close: () => {
      closed = true;
      wake();
    },
  };
}
