import type { TableSchema } from "@headgate/connector-kit";
import type { ChangeSink } from "../records/change-sink.ts";
import { recordError, shownRecord } from "../records/record-error.ts";
import { ColumnError, createRowReader } from "../records/row-reader.ts";
import type { ColumnDefaults } from "../records/column-defaults.ts";
import { skipByteOrderMark, type RecordReader } from "../records/stream-parser.ts";
import { TextWindow } from "../records/text-window.ts";
import { needsExactNumbers } from "../values/read-json.ts";
import { ValueError } from "../values/value-error.ts";
import { createEventReader, eventExamples } from "./change-events.ts";
import { longNumber, parseExactJson } from "./exact-json.ts";
import type { JsonInputConfig } from "./input-config.ts";
import { holdsType } from "./holds-type.ts";
import { RecordSplitter } from "./record-splitter.ts";

const notJson = Symbol("not JSON");

/** Reads JSON records from a stream of bytes. `defaults` may be filled up to the first record. */
export function createJsonRecordReader(
  config: JsonInputConfig,
  schema: TableSchema,
  defaults: ColumnDefaults,
  maxRecordBytes?: number,
): RecordReader {
  const readEvent = createEventReader(config.update, createRowReader(schema, config.style, defaults));
  const splitter = new RecordSplitter({ ...config, ...(maxRecordBytes === undefined ? {} : { maxRecordBytes }) });
  const window = new TextWindow();
  const exactAlways = holdsType(schema.fields, ["DECIMAL", "VARIANT"]);
  let atStart = true;

  function parse(text: string): unknown {
    try {
      return exactAlways && longNumber.test(text) ? parseExactJson(text) : JSON.parse(text);
    } catch {
      return notJson;
    }
  }

  function apply(event: unknown, text: string, sink: ChangeSink): void {
    const before = sink.length;
    try {
      try {
        readEvent(event, sink);
      } catch (error) {
        if (error !== needsExactNumbers) throw error;
        sink.truncate(before);
        readEvent(parseExactJson(text), sink);
      }
    } catch (error) {
      sink.truncate(before);
      sink.addError(valueError(error, text, sink.eventNumber));
    }
  }

  function addBroken(data: Buffer, sink: ChangeSink, reason: string): void {
    sink.addError(
      recordError({
        description: `failed to parse a JSON record: ${reason}`,
        eventNumber: sink.eventNumber,
        suggestion: suggestionFor(config, data[splitter.start] as number),
        ...shownRecord(data, splitter.start, splitter.end),
      }),
    );
  }

  function readRecord(data: Buffer, to: number, atEnd: boolean, sink: ChangeSink): boolean {
    let split = splitter.split(data, splitter.next, to, atEnd);
    let text: string | undefined;
    let event: unknown = notJson;
    if (split === "line") {
      text = window.slice(data, splitter.start, splitter.end, to);
      if (text !== undefined) event = parse(text);
      if (event === notJson) split = splitter.rejectLine(data, to, atEnd);
    }
    if (split === "hungry") return false;
    sink.eventNumber++;
    if (split === "value") {
      text = window.slice(data, splitter.start, splitter.end, to);
      if (text !== undefined) event = parse(text);
    }
    if (event !== notJson && text !== undefined) apply(event, text, sink);
    else if (split === "broken") addBroken(data, sink, splitter.reason);
    else addBroken(data, sink, text === undefined ? "not valid UTF-8" : "not valid JSON");
    return true;
  }

  return {
    read(bytes, sink, atEnd) {
      if (atStart && !skipByteOrderMark(bytes, atEnd)) return "hungry";
      atStart = false;
      const { data, end } = bytes;
      splitter.next = bytes.start;
      while (!sink.full) {
        if (!readRecord(data, end, atEnd, sink)) {
          bytes.consume(splitter.start);
          return "hungry";
        }
        bytes.consume(splitter.next);
        if (sink.continueRepeat()) return "full";
      }
      return "full";
    },
    reset() {
      splitter.reset();
      atStart = true;
    },
    restartable: () => splitter.restartable,
  };
}

function valueError(error: unknown, text: string, eventNumber: number): ReturnType<typeof recordError> {
  if (!(error instanceof ValueError)) throw error;
  const field = error instanceof ColumnError ? error.field : undefined;
  const where = field === undefined ? "" : `column "${field}": `;
  return recordError({
    description: `failed to read a JSON record: ${where}${error.message}`,
    eventNumber,
    field,
    text,
    suggestion: error.suggestion,
  });
}

function suggestionFor(config: JsonInputConfig, first: number): string {
  if (config.array && first === 123) return 'the input is not an array of records: set "array": false';
  return `example of a record: ${eventExamples[config.update]}`;
}
