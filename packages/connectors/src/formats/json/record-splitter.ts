import { shownBytes } from "../records/record-error.ts";
import { ValueScanner } from "./value-scanner.ts";

/** A record is at most this long; longer ones are errors, so that one cannot fill the memory. */
export const maxRecordBytes = 64 * 1024 * 1024;
/** Lines up to this length are tried as a whole; longer ones, and what is not a value on one line, are scanned. */
const lineBytes = 64 * 1024;

/**
 * What stands next in a stream of JSON:
 * - `line`: perhaps one whole value; when it does not parse, `rejectLine` looks closer
 * - `value`: exactly one value, from `start` to `end`
 * - `broken`: bytes from `start` to `end` that are not JSON
 * - `hungry`: nothing whole yet; bytes before `start` are done with
 *
 * Reading goes on at `next`.
 */
export type Split = "line" | "value" | "broken" | "hungry";

export interface SplitterOptions {
  /** Records are the elements of arrays. */
  readonly array: boolean;
  /** A record is one line: what does not parse is an error at once. */
  readonly singleLine: boolean;
  readonly maxRecordBytes?: number;
}

/**
 * Splits a byte stream into JSON values. What it finds depends on the bytes only, never on how they were cut into pieces.
 *
 * After bytes that are not JSON it goes on at the next line that begins with a brace (or bracket): the nested lines of a
 * broken multi-line record are indented as a rule, and must not be taken for records.
 */
export class RecordSplitter {
  readonly #scanner = new ValueScanner();
  readonly #array: boolean;
  readonly #singleLine: boolean;
  readonly #limit: number;
  #phase: "between" | "scanning" | "broken" | "skipping" = "between";
  /** In an array: what may come next. */
  #inside: "none" | "elementOrClose" | "element" | "commaOrClose" = "none";
  /** What was broken stood inside an array. */
  #brokeInside = false;
  /** Bytes of the value at `start` that the scanner has seen. */
  #scanned = 0;
  /** Where, counted from `start`, the offending byte is. */
  #offence = 0;
  /** Bytes from here on that belong to a line that is not one value: not worth trying as a line again. */
  #lineLeft = 0;
  start = 0;
  end = 0;
  next = 0;
  /** Why the last split was `broken`. */
  reason = "";

  constructor(options: SplitterOptions) {
    this.#array = options.array;
    this.#singleLine = options.singleLine && !options.array;
    this.#limit = options.maxRecordBytes ?? maxRecordBytes;
  }

  /** Between two records, none of them in an array: what comes does not depend on what was. */
  get restartable(): boolean {
    return this.#phase === "between" && this.#inside === "none";
  }

  reset(): void {
    this.#phase = "between";
    this.#inside = "none";
    this.#lineLeft = 0;
  }

  /** Looks at the bytes from `from` on: where the last split said to go on, or the same place with more bytes. */
  split(data: Buffer, from: number, to: number, atEnd: boolean): Split {
    const lineEnd = from + this.#lineLeft;
    const result = this.#split(data, from, to, atEnd, lineEnd);
    this.#lineLeft = Math.max(0, lineEnd - (result === "hungry" ? this.start : this.next));
    return result;
  }

  /** Says that the last `line` is not one value, and looks closer. */
  rejectLine(data: Buffer, to: number, atEnd: boolean): Split {
    if (this.#singleLine) {
      this.reason = "not a JSON value on one line";
      return this.#done("broken", this.end, this.end);
    }
    const lineEnd = this.end;
    const result = this.#beginScan(data, this.start, to, atEnd);
    this.#lineLeft = Math.max(0, lineEnd - (result === "hungry" ? this.start : this.next));
    return result;
  }

  #split(data: Buffer, from: number, to: number, atEnd: boolean, lineEnd: number): Split {
    this.start = from;
    let at = from;
    if (this.#phase === "scanning") return this.#scan(data, to, atEnd);
    if (this.#phase === "broken") return this.#reportBroken(data, to, atEnd);
    if (this.#phase === "skipping") {
      const restart = this.#findRestart(data, from, to);
      if (restart === undefined) return this.#skipTo(data, from, to, atEnd);
      this.#restartAt(data, restart);
      at = restart;
    }
    for (;;) {
      while (at < to && isSpace(data[at] as number)) at++;
      this.start = this.next = at;
      if (at === to) return "hungry";
      if (!this.#array) break;
      if (!this.#openOrClose(data[at] as number)) {
        if (this.#inside === "element" || this.#inside === "elementOrClose") return this.#beginScan(data, at, to, atEnd);
        const expected = this.#inside === "none" ? '"[" at the start of an array of records' : '"," or "]" after a record';
        return this.#breakAt(data, at, to, atEnd, `expected ${expected}`);
      }
      at++;
    }
    if (at < lineEnd && !this.#singleLine) return this.#beginScan(data, at, to, atEnd);
    return this.#splitLine(data, at, to, atEnd);
  }

  #splitLine(data: Buffer, at: number, to: number, atEnd: boolean): Split {
    const newline = data.indexOf(10, at);
    const whole = newline >= 0 && newline < to;
    const longest = this.#singleLine ? this.#limit : Math.min(lineBytes, this.#limit);
    if (!whole && !atEnd && to - at <= longest) return "hungry";
    const end = whole ? newline : to;
    if (end - at <= longest && (this.#singleLine || endsLikeRecord(data, end))) return this.#done("line", end, end);
    return this.#singleLine ? this.#tooLong(data, to, atEnd) : this.#beginScan(data, at, to, atEnd);
  }

  /** Takes the brackets and commas between records; false when something else stands there. */
  #openOrClose(code: number): boolean {
    const closing = code === 93 && (this.#inside === "commaOrClose" || this.#inside === "elementOrClose");
    if (closing) this.#inside = "none";
    else if (code === 91 && this.#inside === "none") this.#inside = "elementOrClose";
    else if (code === 44 && this.#inside === "commaOrClose") this.#inside = "element";
    else return false;
    return true;
  }

  #beginScan(data: Buffer, at: number, to: number, atEnd: boolean): Split {
    this.start = at;
    this.#scanner.reset();
    this.#scanned = 0;
    this.#phase = "scanning";
    return this.#scan(data, to, atEnd);
  }

  #scan(data: Buffer, to: number, atEnd: boolean): Split {
    const bound = Math.min(to, this.start + this.#limit + 1);
    const result = this.#scanner.scan(data, this.start + this.#scanned, bound);
    const at = this.#scanner.position;
    this.#scanned = at - this.start;
    if (this.#scanned > this.#limit) return this.#tooLong(data, to, atEnd);
    if (result === "end" || (result === "more" && atEnd && this.#scanner.endsHere)) {
      this.#phase = "between";
      if (this.#array) this.#inside = "commaOrClose";
      return this.#done("value", at, at);
    }
    if (result === "error") return this.#breakAt(data, at, to, atEnd, "not valid JSON");
    return atEnd ? this.#breakAt(data, at, to, atEnd, "the input ends inside a record") : "hungry";
  }

  #tooLong(data: Buffer, to: number, atEnd: boolean): Split {
    return this.#breakAt(data, this.start, to, atEnd, `the record is longer than ${this.#limit} bytes`);
  }

  #breakAt(data: Buffer, at: number, to: number, atEnd: boolean, reason: string): Split {
    this.reason = reason;
    this.#offence = at - this.start;
    this.#phase = "broken";
    this.#brokeInside = this.#inside !== "none";
    return this.#reportBroken(data, to, atEnd);
  }

  /** Waits for the end of the offending line, so that the error shows the same text however the bytes were cut. */
  #reportBroken(data: Buffer, to: number, atEnd: boolean): Split {
    const offence = this.start + this.#offence;
    const restart = this.#findRestart(data, this.start, Math.min(offence + 1, to));
    if (restart !== undefined) {
      this.#restartAt(data, restart);
      return this.#done("broken", restart - 1, restart);
    }
    const newline = data.indexOf(10, offence);
    const whole = newline >= 0 && newline < to;
    if (!whole && !atEnd && to - this.start <= shownBytes) return "hungry";
    this.#phase = "skipping";
    // Going on at the newline itself: the search for a line that begins like a record starts with it.
    return this.#done("broken", whole ? newline : to, whole ? newline : to);
  }

  #restartAt(data: Buffer, at: number): void {
    this.#phase = "between";
    this.#inside = this.#brokeInside && data[at] === 123 ? "element" : "none";
  }

  /** Drops bytes; a newline at the very end is kept, as the next byte says whether a record begins after it. */
  #skipTo(data: Buffer, from: number, to: number, atEnd: boolean): Split {
    const keep = !atEnd && to > from && data[to - 1] === 10 ? 1 : 0;
    this.start = this.next = to - keep;
    return "hungry";
  }

  /** The first start of a line after `from` and before `to` that begins like a record. */
  #findRestart(data: Buffer, from: number, to: number): number | undefined {
    for (let newline = data.indexOf(10, from); newline >= 0 && newline + 1 < to; newline = data.indexOf(10, newline + 1)) {
      if (this.#opensRecord(data[newline + 1] as number)) return newline + 1;
    }
    return undefined;
  }

  #opensRecord(code: number): boolean {
    if (this.#array) return code === 91 || (code === 123 && this.#brokeInside);
    return code === 123 || this.#singleLine;
  }

  #done(split: Split, end: number, next: number): Split {
    this.end = end;
    this.next = next;
    return split;
  }
}

/** A record is an object, so a line that does not end with a brace is not one: trying to parse it would cost an exception. */
function endsLikeRecord(data: Buffer, end: number): boolean {
  let last = end - 1;
  while (isSpace(data[last] as number)) last--;
  return data[last] === 125;
}

function isSpace(code: number): boolean {
  return code === 32 || (code <= 13 && code >= 9);
}
