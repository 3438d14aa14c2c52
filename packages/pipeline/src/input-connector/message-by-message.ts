import { messageBytes, type InputMessage, type ParsedBatch, type ParsedBatches, type Parser } from "@headgate/connector-kit";

const nothing: ParsedBatch = { batch: { rows: [], ops: undefined }, bytes: 0, errors: [] };

/**
 * For a parser that knows nothing of messages: each one is a stream of its own, pushed and finished. `next` may be called again after it
 * has thrown, if the parser's own may.
 */
export class MessageByMessage implements AsyncIterableIterator<ParsedBatch> {
  readonly #parser: Parser;
  readonly #messages: readonly InputMessage[];
  #at = 0;
  #phase: "push" | "finish" | "end" = "push";
  #inner: Iterator<ParsedBatch> | AsyncIterator<ParsedBatch> | undefined;
  /** Bytes of the message that earlier batches have told. */
  #told = 0;
  /** Held back until it is known whether another one follows. */
  #last = nothing;

  constructor(parser: Parser, messages: readonly InputMessage[]) {
    this.#parser = parser;
    this.#messages = messages;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<ParsedBatch, undefined>> {
    for (let message = this.#messages[this.#at]; message !== undefined; message = this.#messages[this.#at]) {
      if (this.#phase === "end") return { done: false, value: this.#end(message) };
      this.#inner ??= iteratorOf(this.#phase === "push" ? this.#push(message) : this.#parser.finish());
      const item = await this.#inner.next();
      if (item.done === true) {
        this.#inner = undefined;
        this.#phase = this.#phase === "push" ? "finish" : "end";
        continue;
      }
      const before = this.#last;
      this.#last = placed(item.value, message.place);
      if (before.batch.rows.length > 0 || before.errors.length > 0) return { done: false, value: this.#within(before, message) };
    }
    return { done: true, value: undefined };
  }

  #push(message: InputMessage): ParsedBatches {
    this.#parser.about?.(message.metadata);
    return this.#parser.push(message.value ?? new Uint8Array());
  }

  /** All of a message's bytes go with its last batch: only there does the source's place move behind it. */
  #within(batch: ParsedBatch, message: InputMessage): ParsedBatch {
    const bytes = Math.min(this.#told + batch.bytes, messageBytes(message) - 1) - this.#told;
    this.#told += bytes;
    return { ...batch, bytes };
  }

  #end(message: InputMessage): ParsedBatch {
    const value = { ...this.#last, bytes: messageBytes(message) - this.#told };
    this.#at += 1;
    this.#phase = "push";
    this.#told = 0;
    this.#last = nothing;
    return value;
  }
}

const iteratorOf = (batches: ParsedBatches): Iterator<ParsedBatch> | AsyncIterator<ParsedBatch> =>
  Symbol.asyncIterator in batches ? batches[Symbol.asyncIterator]() : batches[Symbol.iterator]();

const placed = (batch: ParsedBatch, place: string): ParsedBatch =>
  batch.errors.length === 0
    ? batch
    : { ...batch, errors: batch.errors.map((error) => ({ ...error, description: `${error.description} (${place})` })) };
