/** More levels than a line that is tried as a whole has bytes: the two ways of reading a record agree. */
const maxDepth = 1 << 17;

/** What the scanner looks for next. */
const state = {
  value: 0,
  valueOrClose: 1,
  key: 2,
  keyOrClose: 3,
  colon: 4,
  commaOrClose: 5,
  string: 6,
  escape: 7,
  hex: 8,
  literal: 9,
} as const;
type State = (typeof state)[keyof typeof state];

/** How a byte outside a string counts. */
const kind = new Uint8Array(256);
const [space, literal] = [1, 2];
for (const code of [9, 10, 12, 13, 32]) kind[code] = space;
for (const code of Buffer.from("-+.0123456789aeflnrstuE")) kind[code] = literal;
const escapes = new Uint8Array(256);
for (const code of Buffer.from('"\\/bfnrt')) escapes[code] = 1;
const hexDigits = new Uint8Array(256);
for (const code of Buffer.from("0123456789abcdefABCDEF")) hexDigits[code] = 1;

/**
 * Finds where one JSON value ends, checking the grammar on the way, so that a broken record is noticed at the first byte
 * that cannot belong to it and not when all input is swallowed. Resumable: a value may come in any number of pieces.
 * Numbers and words are only checked for their characters; JSON.parse has the last word.
 */
export class ValueScanner {
  #state: State = state.value;
  #depth = 0;
  #isObject = new Uint8Array(64);
  #isKey = false;
  #hexLeft = 0;
  /** After `scan`: the position after the value ("end"), or of the offending byte ("error"). */
  position = 0;

  reset(): void {
    this.#state = state.value;
    this.#depth = 0;
  }

  scan(data: Uint8Array, from: number, to: number): "end" | "error" | "more" {
    let at = from;
    while (at < to) {
      const code = data[at] as number;
      switch (this.#state) {
        case state.string:
          at = this.#skipString(data, at, to);
          if (at < 0) return this.#stop("error", -at - 1);
          if (this.#isWhole()) return this.#stop("end", at);
          continue;
        case state.escape:
          if (code === 117) [this.#state, this.#hexLeft] = [state.hex, 4];
          else if (escapes[code] === 1) this.#state = state.string;
          else return this.#stop("error", at);
          break;
        case state.hex:
          if (hexDigits[code] !== 1) return this.#stop("error", at);
          if (--this.#hexLeft === 0) this.#state = state.string;
          break;
        case state.literal:
          if (kind[code] === literal) break;
          this.#state = state.commaOrClose;
          if (this.#depth === 0) return this.#stop("end", at);
          continue;
        default:
          if (kind[code] === space) break;
          if (!this.#structure(code)) return this.#stop("error", at);
          if (this.#isWhole()) return this.#stop("end", at + 1);
      }
      at++;
    }
    return this.#stop("more", at);
  }

  /** True when the bytes so far are a whole value that only lacked a byte after it (a number at the end of input). */
  get endsHere(): boolean {
    return this.#depth === 0 && this.#state === state.literal;
  }

  #isWhole(): boolean {
    return this.#depth === 0 && this.#state === state.commaOrClose;
  }

  #grow(): void {
    const grown = new Uint8Array(this.#isObject.length * 4);
    grown.set(this.#isObject);
    this.#isObject = grown;
  }

  #stop<T>(result: T, position: number): T {
    this.position = position;
    return result;
  }

  /** Returns the position after the string or at `to`; -1 - position for a character that may not stand in one. */
  #skipString(data: Uint8Array, from: number, to: number): number {
    for (let at = from; at < to; at++) {
      const code = data[at] as number;
      if (code === 34) {
        this.#state = this.#isKey ? state.colon : state.commaOrClose;
        return at + 1;
      }
      if (code === 92) {
        this.#state = state.escape;
        return at + 1;
      }
      if (code < 32) return -1 - at;
    }
    return to;
  }

  /** Takes one byte outside strings and words; false when it may not stand here. */
  #structure(code: number): boolean {
    const before = this.#state;
    switch (code) {
      case 123: // {
      case 91: // [
        if (before !== state.value && before !== state.valueOrClose) return false;
        if (this.#depth === maxDepth) return false;
        if (this.#depth === this.#isObject.length) this.#grow();
        this.#isObject[this.#depth++] = code === 123 ? 1 : 0;
        this.#state = code === 123 ? state.keyOrClose : state.valueOrClose;
        return true;
      case 125: // }
      case 93: {
        // ]
        const closes = code === 125 ? 1 : 0;
        const empty = code === 125 ? state.keyOrClose : state.valueOrClose;
        if (this.#depth === 0 || this.#isObject[this.#depth - 1] !== closes) return false;
        if (before !== state.commaOrClose && before !== empty) return false;
        this.#depth--;
        this.#state = state.commaOrClose;
        return true;
      }
      case 44: // ,
        if (before !== state.commaOrClose) return false;
        this.#state = this.#isObject[this.#depth - 1] === 1 ? state.key : state.value;
        return true;
      case 58: // :
        if (before !== state.colon) return false;
        this.#state = state.value;
        return true;
      case 34: // "
        this.#isKey = before === state.key || before === state.keyOrClose;
        if (!this.#isKey && before !== state.value && before !== state.valueOrClose) return false;
        this.#state = state.string;
        return true;
      default:
        if (kind[code] !== literal || (before !== state.value && before !== state.valueOrClose)) return false;
        this.#state = state.literal;
        return true;
    }
  }
}
