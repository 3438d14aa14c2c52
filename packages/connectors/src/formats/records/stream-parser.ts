import { messageBytes, type InputMessage, type ParsedBatch, type ParsedBatches, type Parser } from "@headgate/connector-kit";
import { ByteBuffer } from "./byte-buffer.ts";
import { ChangeSink } from "./change-sink.ts";
import type { MetadataColumns } from "./metadata-columns.ts";

/** Finds records in a buffer and turns them into changes; the part of a parser that is its format's own. */
export interface RecordReader {
  /**
   * Consumes records until the sink is full or the bytes do not hold another whole one.
   * @returns "full" to be called again with an emptied sink, "hungry" when it needs more bytes
   */
  read(bytes: ByteBuffer, sink: ChangeSink, atEnd: boolean): "full" | "hungry";
  /** Called after the end of input, when everything is consumed: the next bytes are a new stream. */
  reset(): void;
  /** True when a fresh reader of what is not consumed gives the same rest. Absent: never. */
  restartable?(): boolean;
}

export interface StreamParserOptions {
  /** Awaited before the first record is read: it finds the defaults of columns. Called again when it failed. */
  readonly ready?: (() => Promise<unknown>) | undefined;
  /** Columns that take what a message's metadata tells. */
  readonly metadata?: MetadataColumns | undefined;
}

/** Makes a parser of a record reader: holds bytes between pushes and cuts the changes into batches. */
export function createStreamParser(reader: RecordReader, options: StreamParserOptions = {}): Parser {
  const { metadata, ready } = options;
  const bytes = new ByteBuffer();
  const sink = new ChangeSink();
  /** Bytes that are consumed and not yet attributed to a batch. */
  let unreported = 0;
  let settled = ready === undefined;

  function* batches(atEnd: boolean): Generator<ParsedBatch> {
    for (;;) {
      const before = bytes.end - bytes.start;
      const state = sink.continueRepeat() ? "full" : reader.read(bytes, sink, atEnd);
      const more = state === "full";
      if (!more && !atEnd) bytes.keep();
      metadata?.fill(sink, 0, undefined);
      unreported += before - (bytes.end - bytes.start);
      if (!sink.empty || (!more && atEnd && unreported > 0)) {
        const { batch, errors } = sink.take();
        const reported = unreported;
        unreported = 0;
        yield { batch, bytes: reported, errors };
      }
      if (!more) break;
    }
    if (atEnd) reader.reset();
  }
  function* messageBatches(messages: readonly InputMessage[]): Generator<ParsedBatch> {
    /** Bytes of messages that are behind the next batch. */
    let done = 0;
    for (const message of messages) {
      const size = messageBytes(message);
      /** Bytes of this message that an earlier batch has told. */
      let told = 0;
      let errors = sink.errorCount;
      let rows = sink.length;
      if (message.value !== null) bytes.appendMessage(message.value);
      const length = bytes.end - bytes.start;
      for (let more = length > 0; more;) {
        more = (sink.continueRepeat() ? "full" : reader.read(bytes, sink, true)) === "full";
        if (metadata !== undefined && sink.length > rows) metadata.fill(sink, rows, message.metadata);
        if (sink.errorCount > errors) sink.placeErrors(errors, message.place);
        if (!more) break;
        // In the middle of a message at least one of its bytes stays, whatever the reader has consumed: the place must not move behind it.
        const consumed = Math.max(told, Math.min(Math.max(1, length - (bytes.end - bytes.start)), size - 1));
        const { batch, errors: faults } = sink.take();
        yield { batch, bytes: done + consumed - told, errors: faults };
        done = 0;
        told = consumed;
        errors = 0;
        rows = 0;
      }
      bytes.consume(bytes.end);
      reader.reset();
      done += size - told;
      if (sink.full) {
        yield { ...sink.take(), bytes: done };
        done = 0;
      }
    }
    if (done > 0 || !sink.empty) yield { ...sink.take(), bytes: done };
  }
  async function* whenReady(start: () => Iterable<ParsedBatch>): AsyncGenerator<ParsedBatch> {
    if (!settled) await ready?.();
    settled = true;
    yield* start();
  }

  const start = (work: () => Iterable<ParsedBatch>): ParsedBatches => (settled ? work() : whenReady(work));
  return {
    push: (piece) => {
      bytes.append(piece);
      return start(() => batches(false));
    },
    finish: () => start(() => batches(true)),
    messages: (messages) => start(() => messageBatches(messages)),
    restartable: () => !sink.repeating && reader.restartable?.() === true,
  };
}

const mark = [0xef, 0xbb, 0xbf];

/** False while it cannot be told whether the stream begins with a byte order mark. */
export function skipByteOrderMark(bytes: ByteBuffer, atEnd: boolean): boolean {
  const held = bytes.end - bytes.start;
  if (held > 0 && bytes.data[bytes.start] !== mark[0]) return true;
  const matching = mark.findIndex((code, index) => index >= held || bytes.data[bytes.start + index] !== code);
  if (matching < 0) bytes.consume(bytes.start + 3);
  return matching < 0 || matching < held || atEnd;
}
