import { styleText } from "node:util";

const count = new Intl.NumberFormat("en-US");

/** One line of progress as text: a bar, counts, rate. Pure, so that it can be tested. */
export function progressLine(state: { readonly done: number; readonly total: number; readonly elapsedMs: number }, width = 30): string {
  const share = state.total === 0 ? 1 : Math.min(1, state.done / state.total);
  const filled = Math.round(share * width);
  const rate = state.elapsedMs > 0 ? Math.round((state.done * 1000) / state.elapsedMs) : 0;
  const bar = "█".repeat(filled) + "░".repeat(width - filled);
  return `flights ${bar} ${String(Math.floor(share * 100)).padStart(3)}%  ${count.format(state.done)} / ${count.format(state.total)} rows  ${count.format(rate)} rows/s`;
}

/** Where progress goes: process.stdout, or any stream (then not a terminal). */
export type ProgressStream = NodeJS.WritableStream & { readonly isTTY?: boolean | undefined; readonly columns?: number | undefined };

/** Shows progress on a stream: a line redrawn in place on a terminal, else a new line at most each two seconds. */
export class ProgressDisplay {
  readonly #stream: ProgressStream;
  readonly #now: () => number;
  #lastPlain = -Infinity;
  #drawn = false;

  constructor(stream: ProgressStream, now: () => number = () => performance.now()) {
    this.#stream = stream;
    this.#now = now;
  }

  update(line: string): void {
    if (this.#stream.isTTY) {
      this.#drawn = true;
      this.#stream.write(`\r\u001b[2K${line.slice(0, (this.#stream.columns ?? 120) - 1)}`);
    } else if (this.#now() - this.#lastPlain >= 2000) {
      this.#lastPlain = this.#now();
      this.#stream.write(`${line}\n`);
    }
  }

  /** Ends the line in place and writes `line` as a line that stays. */
  done(line: string): void {
    this.#stream.write(`${this.#drawn ? "\r\u001b[2K" : ""}${styleText("green", line, { stream: this.#stream as NodeJS.WriteStream })}\n`);
  }
}
