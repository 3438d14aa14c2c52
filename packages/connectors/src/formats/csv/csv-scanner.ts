import type { CsvInputConfig } from "./csv-input-config.ts";

const state = { startRecord: 0, startField: 1, field: 2, quoted: 3, quoteInQuoted: 4, escaped: 5, comment: 6 } as const;
type State = (typeof state)[keyof typeof state];
/** No byte has this code. */
const none = -1;

/**
 * Finds the fields of one CSV record after another. Resumable: a record may come in any number of pieces. All positions are
 * counted from the start of the record, so that they stay right when the bytes are moved.
 *
 * Lenient as CSV readers are: a quote inside an unquoted field is itself, and what follows a closing quote is appended.
 */
export class CsvScanner {
  readonly #delimiter: number;
  readonly #quote: number;
  readonly #escape: number;
  readonly #comment: number;
  readonly #doubleQuote: boolean;
  #state: State = state.startRecord;
  #position = 0;
  #fieldStart = 0;
  #quotedField = false;
  #dirty = false;
  #closed = 0;
  fieldCount = 0;
  /** Content of each field, without the quotes around it. */
  readonly starts: number[] = [];
  readonly ends: number[] = [];
  /** The field holds escapes, or text after its closing quote: `starts` is then at its opening quote, see `unquoteField`. */
  readonly dirty: boolean[] = [];
  /** Bytes of the record with its line break. */
  length = 0;
  /** Bytes of the record without its line break. */
  contentLength = 0;

  constructor(config: CsvInputConfig) {
    this.#delimiter = config.delimiter.charCodeAt(0);
    this.#quote = config.quoting ? config.quote.charCodeAt(0) : none;
    this.#escape = config.quoting && config.escape !== undefined ? config.escape.charCodeAt(0) : none;
    this.#comment = config.comment?.charCodeAt(0) ?? none;
    this.#doubleQuote = config.doubleQuote;
  }

  /** Starts over at the next record. */
  begin(): void {
    this.#state = state.startRecord;
    this.#position = 0;
    this.fieldCount = 0;
  }

  /** True when the record so far ends inside quotes. */
  get insideQuotes(): boolean {
    return this.#state === state.quoted || this.#state === state.escaped;
  }

  /**
   * Scans the record at `from`. "skipped" says that `length` bytes there are no record (an empty line, a comment).
   */
  scan(data: Uint8Array, from: number, to: number, atEnd: boolean): "record" | "skipped" | "more" {
    const [delimiter, quote, escape] = [this.#delimiter, this.#quote, this.#escape];
    let at = from + this.#position;
    for (; at < to; at++) {
      const code = data[at] as number;
      if (this.#state === state.startRecord) {
        if (code === 10 || code === 13) return this.#finish("skipped", at + 1 - from, 0);
        this.#state = code === this.#comment ? state.comment : state.startField;
      }
      if (this.#state === state.startField) {
        this.#fieldStart = at - from;
        this.#dirty = false;
        this.#quotedField = code === quote;
        this.#state = this.#quotedField ? state.quoted : state.field;
        if (this.#quotedField) continue;
      }
      switch (this.#state) {
        case state.field:
          if (code === delimiter) this.#endField(at - from);
          else if (code === 10 || code === 13) return this.#endRecord(at - from, 1);
          break;
        case state.quoted:
          if (code === quote) {
            this.#state = state.quoteInQuoted;
            this.#closed = at - from;
          } else if (code === escape) {
            this.#state = state.escaped;
            this.#dirty = true;
          }
          break;
        case state.escaped:
          this.#state = state.quoted;
          break;
        case state.quoteInQuoted:
          if (code === quote && this.#doubleQuote) {
            this.#state = state.quoted;
            this.#dirty = true;
          } else if (code === delimiter) this.#endField(at - from);
          else if (code === 10 || code === 13) return this.#endRecord(at - from, 1);
          else {
            this.#state = state.field;
            this.#dirty = true;
          }
          break;
        case state.comment:
          if (code === 10) return this.#finish("skipped", at + 1 - from, 0);
      }
    }
    this.#position = at - from;
    if (!atEnd || this.#position === 0) return "more";
    if (this.#state === state.comment) return this.#finish("skipped", this.#position, 0);
    if (this.#state === state.startField) this.#fieldStart = this.#position;
    return this.insideQuotes ? "more" : this.#endRecord(this.#position, 0);
  }

  #endField(end: number): void {
    const at = this.fieldCount++;
    const plain = this.#quotedField && !this.#dirty;
    this.starts[at] = plain ? this.#fieldStart + 1 : this.#fieldStart;
    this.ends[at] = plain ? this.#closed : end;
    this.dirty[at] = this.#quotedField && this.#dirty;
    this.#quotedField = false;
    this.#state = state.startField;
  }

  #endRecord(end: number, lineBreak: number): "record" {
    this.#endField(end);
    return this.#finish("record", end + lineBreak, end);
  }

  #finish<T>(result: T, length: number, content: number): T {
    this.length = length;
    this.contentLength = content;
    return result;
  }
}

/** The content of a field that begins with a quote and holds escapes, or text after its closing quote. */
export function unquoteField(text: string, config: CsvInputConfig): string {
  let content = "";
  let inside = true;
  for (let at = 1; at < text.length; at++) {
    const character = text[at] as string;
    if (!inside) return content + text.slice(at);
    if (character === config.quote) {
      if (config.doubleQuote && text[at + 1] === config.quote) content += text[++at];
      else inside = false;
    } else if (character === config.escape && at + 1 < text.length) content += text[++at];
    else content += character;
  }
  return content;
}
