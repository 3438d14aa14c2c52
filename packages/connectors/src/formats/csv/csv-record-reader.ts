import { ChangeOp, type Field, type Value } from "@headgate/engine";
import type { TableSchema } from "@headgate/connector-kit";
import { parseExactJson } from "../json/exact-json.ts";
import { maxRecordBytes } from "../json/record-splitter.ts";
import type { ChangeSink } from "../records/change-sink.ts";
import type { ColumnDefaults } from "../records/column-defaults.ts";
import { recordError, shownRecord } from "../records/record-error.ts";
import { skipByteOrderMark, type RecordReader } from "../records/stream-parser.ts";
import { TextWindow } from "../records/text-window.ts";
import { defaultJsonStyle } from "../values/json-style.ts";
import { compileJsonReader } from "../values/read-json.ts";
import { compileTextReader, type TextReader } from "../values/read-text.ts";
import { ValueError } from "../values/value-error.ts";
import type { CsvInputConfig } from "./csv-input-config.ts";
import { CsvScanner, unquoteField } from "./csv-scanner.ts";

const asciiSpace = /^[ \t\n\v\f\r]+|[ \t\n\v\f\r]+$/g;

/** Reads CSV records from a stream of bytes: every record is an insert, columns go by position. */
export function createCsvRecordReader(
  config: CsvInputConfig,
  schema: TableSchema,
  defaults: ColumnDefaults,
  recordLimit = maxRecordBytes,
): RecordReader {
  const { fields } = schema;
  const readers = fields.map(fieldReader);
  const isText = fields.map(({ columnType }) => columnType.type === "CHAR" || columnType.type === "VARCHAR");
  const scanner = new CsvScanner(config);
  const window = new TextWindow();
  let atStart = true;
  let headerLeft = config.headers;
  let expectedFields: number | undefined;
  /** Dropping a record that is broken: up to and with the next line break. */
  let skipping = false;

  /** Undefined for bytes that are not UTF-8. */
  function fieldText(data: Buffer, record: number, index: number, limit: number): string | undefined {
    const from = record + (scanner.starts[index] as number);
    const to = record + (scanner.ends[index] as number);
    const dirty = scanner.dirty[index] === true;
    // What a row keeps must not be a slice that holds on to the text of the whole window.
    const kept = isText[index] === true && !dirty && to - from > 12;
    const text = kept ? window.copy(data, from, to, limit) : window.slice(data, from, to, limit);
    if (text === undefined) return undefined;
    const content = dirty ? unquoteField(text, config) : text;
    return config.trimFields ? content.replace(asciiSpace, "") : content;
  }

  function readRow(data: Buffer, record: number, limit: number): Value[] {
    if (!config.flexible && scanner.fieldCount !== expectedFields) {
      throw new ValueError(
        `expected ${expectedFields} fields, as in the first record, found ${scanner.fieldCount}`,
        'set "flexible": true to allow records of different lengths',
      );
    }
    const row = new Array<Value>(readers.length);
    for (let index = 0; index < readers.length; index++) {
      const present = index < scanner.fieldCount;
      const missing = present ? undefined : defaults.get(index);
      if (missing !== undefined) {
        row[index] = missing;
        continue;
      }
      const text = present ? fieldText(data, record, index, limit) : "";
      if (text === undefined) throw new FieldError(index, "not valid UTF-8");
      try {
        row[index] = (readers[index] as TextReader)(text);
      } catch (error) {
        if (!(error instanceof ValueError)) throw error;
        throw new FieldError(index, error.message, error.suggestion);
      }
    }
    return row;
  }

  function addError(data: Buffer, record: number, length: number, error: ValueError, sink: ChangeSink): void {
    const field = error instanceof FieldError ? fields[error.index]?.name : undefined;
    sink.addError(
      recordError({
        description: `failed to read a CSV record: ${field === undefined ? "" : `column "${field}": `}${error.message}`,
        eventNumber: sink.eventNumber,
        field,
        suggestion: error.suggestion,
        ...shownRecord(data, record, record + length),
      }),
    );
  }

  function takeRecord(data: Buffer, record: number, limit: number, sink: ChangeSink): void {
    expectedFields ??= scanner.fieldCount;
    if (headerLeft) {
      headerLeft = false;
      return;
    }
    sink.eventNumber++;
    try {
      sink.add(ChangeOp.insert, readRow(data, record, limit));
    } catch (error) {
      if (!(error instanceof ValueError)) throw error;
      addError(data, record, scanner.contentLength, error, sink);
    }
  }

  /** A record without an end: reports its first line, and goes on after that. */
  function dropRecord(data: Buffer, record: number, to: number, sink: ChangeSink, reason: string): number {
    const newline = data.indexOf(10, record);
    const lineEnd = newline >= 0 && newline < to ? newline : to;
    sink.eventNumber++;
    addError(data, record, Math.min(lineEnd - record, recordLimit), new ValueError(reason), sink);
    skipping = lineEnd === to;
    scanner.begin();
    return lineEnd;
  }

  function skipLine(data: Buffer, from: number, to: number): number {
    const newline = data.indexOf(10, from);
    if (newline < 0 || newline >= to) return to;
    skipping = false;
    return newline + 1;
  }

  /** Reads one record at `at` and gives where to go on; undefined when it is not whole yet. */
  function readOne(data: Buffer, at: number, to: number, atEnd: boolean, sink: ChangeSink): number | undefined {
    if (skipping) return at === to ? undefined : skipLine(data, at, to);
    const found = scanner.scan(data, at, Math.min(to, at + recordLimit + 1), atEnd && to - at <= recordLimit);
    if (found === "more" && to - at > recordLimit) {
      return dropRecord(data, at, to, sink, `the record is longer than ${recordLimit} bytes`);
    }
    if (found === "more") {
      if (!atEnd || at === to) return undefined;
      return dropRecord(data, at, to, sink, "a quoted field is not closed before the end of the input");
    }
    if (found === "record") takeRecord(data, at, to, sink);
    const next = at + scanner.length;
    scanner.begin();
    return next;
  }

  return {
    read(bytes, sink, atEnd) {
      if (atStart && !skipByteOrderMark(bytes, atEnd)) return "hungry";
      atStart = false;
      const { data, end } = bytes;
      while (!sink.full) {
        const next = readOne(data, bytes.start, end, atEnd, sink);
        if (next === undefined) return "hungry";
        bytes.consume(next);
      }
      return "full";
    },
    reset() {
      scanner.begin();
      atStart = true;
      skipping = false;
      headerLeft = config.headers;
      expectedFields = undefined;
    },
  };
}

/** A value that does not fit, and the position of its column. */
class FieldError extends ValueError {
  readonly index: number;
  constructor(index: number, message: string, suggestion?: string) {
    super(message, suggestion);
    this.index = index;
  }
}

function isNullWord(text: string): boolean {
  return text.length === 4 && (text === "NULL" || text === "null");
}

function fieldReader({ columnType }: Field): TextReader {
  const { type, nullable } = columnType;
  if (type === "CHAR" || type === "VARCHAR") return nullable ? (text) => (isNullWord(text) ? null : text) : (text) => text;
  const composite = type === "ARRAY" || type === "STRUCT" || type === "MAP" || type === "VARIANT";
  const read = composite ? jsonFieldReader(columnType) : compileTextReader(columnType);
  if (!nullable) return read;
  return (text) => (text.length === 0 || isNullWord(text) ? null : read(text));
}

function jsonFieldReader(columnType: Field["columnType"]): TextReader {
  const read = compileJsonReader(columnType, defaultJsonStyle);
  return (text) => {
    let value: unknown;
    try {
      value = parseExactJson(text);
    } catch {
      throw new ValueError(`expected JSON text, found ${JSON.stringify(text.slice(0, 80))}`);
    }
    return read(value);
  };
}
