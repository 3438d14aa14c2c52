import { ChangeOp } from "@headgate/engine";
import { ConnectorError, type InputFormatDefinition, type TableSchema } from "@headgate/connector-kit";
import { configFields } from "../config-fields.ts";
import { maxRecordBytes } from "../json/record-splitter.ts";
import { createDefaultsParser } from "../records/defaults-parser.ts";
import type { ColumnDefaults } from "../records/column-defaults.ts";
import type { ByteBuffer } from "../records/byte-buffer.ts";
import type { ChangeSink } from "../records/change-sink.ts";
import { recordError, shownRecord } from "../records/record-error.ts";
import type { RecordReader } from "../records/stream-parser.ts";
import { TextWindow } from "../records/text-window.ts";

export interface RawInputConfig {
  readonly lines: boolean;
  /** Position of the column that takes the content. */
  readonly column: number;
}

const contentTypes = ["VARCHAR", "CHAR", "VARBINARY", "BINARY"];

/** Raw input: whole inputs (or lines) as they are, in one column; every one an insert. */
export const rawInputFormat: InputFormatDefinition<RawInputConfig> = {
  name: "raw",
  parseConfig(config, schema) {
    const fields = configFields("raw", config);
    const lines = fields.choice("mode", ["blob", "lines"], "blob") === "lines";
    const name = fields.text("column_name");
    fields.end();
    return { lines, column: contentColumn(schema, name) };
  },
  createParser: (config, schema) => createDefaultsParser(schema, (defaults) => createRawReader(config, schema, defaults)),
};

function contentColumn(schema: TableSchema, name: string | undefined): number {
  const refuse = (problem: string): never => {
    throw new ConnectorError("invalid_config", `format "raw": ${problem}`);
  };
  if (name === undefined && schema.fields.length !== 1) {
    return refuse(`"column_name" is required, as table "${schema.name}" has ${schema.fields.length} columns`);
  }
  const column = schema.fields.findIndex(
    (field) => name === undefined || field.name === name || (!field.caseSensitive && field.name.toLowerCase() === name.toLowerCase()),
  );
  const field = schema.fields[column];
  if (field === undefined) return refuse(`table "${schema.name}" has no column ${JSON.stringify(name)}`);
  if (!contentTypes.includes(field.columnType.type)) {
    return refuse(`column "${field.name}" must be VARCHAR or VARBINARY, and is ${field.columnType.type}`);
  }
  const others = schema.fields.find((other, index) => index !== column && !other.columnType.nullable && other.default === undefined);
  return others === undefined ? column : refuse(`column "${others.name}" is NOT NULL and has no DEFAULT, so raw rows cannot fill it`);
}

function createRawReader(config: RawInputConfig, schema: TableSchema, defaults: ColumnDefaults): RecordReader {
  const isText = /CHAR/.test(schema.fields[config.column]?.columnType.type ?? "");
  const window = new TextWindow();
  /** The rest of a piece that was too long is on its way. */
  let skipping = false;

  function add(data: Buffer, from: number, to: number, limit: number, sink: ChangeSink): void {
    sink.eventNumber++;
    const content = isText ? window.copy(data, from, to, limit) : new Uint8Array(data.subarray(from, to));
    if (content === undefined) {
      sink.addError(fault("not valid UTF-8", data, from, to, sink, "use a VARBINARY column for bytes that are not text"));
      return;
    }
    const row = schema.fields.map((_, index) => defaults.get(index) ?? null);
    sink.add(ChangeOp.insert, row.with(config.column, content));
  }
  function fault(
    problem: string,
    data: Buffer,
    from: number,
    to: number,
    sink: ChangeSink,
    suggestion?: string,
  ): ReturnType<typeof recordError> {
    const description = `failed to read a raw record: ${problem}`;
    const field = schema.fields[config.column]?.name;
    return recordError({ description, eventNumber: sink.eventNumber, field, suggestion, ...shownRecord(data, from, to) });
  }
  /** Takes the piece from `from` to `end` unless it is too long. */
  function take(data: Buffer, from: number, end: number, limit: number, sink: ChangeSink): void {
    if (skipping) skipping = false;
    else if (end - from > maxRecordBytes) tooLong(data, from, end, sink);
    else add(data, from, end, limit, sink);
  }
  function tooLong(data: Buffer, from: number, end: number, sink: ChangeSink): void {
    sink.eventNumber++;
    sink.addError(fault(`it is longer than ${maxRecordBytes} bytes`, data, from, end, sink));
  }
  /** The next piece is not whole yet: waits, or gives it up when it is too long already. */
  function wait(bytes: ByteBuffer, sink: ChangeSink): "hungry" {
    if (!skipping && bytes.end - bytes.start > maxRecordBytes) {
      tooLong(bytes.data, bytes.start, bytes.end, sink);
      skipping = true;
    }
    if (skipping) bytes.consume(bytes.end);
    return "hungry";
  }
  return {
    read(bytes, sink, atEnd) {
      const { data, end } = bytes;
      while (!sink.full && bytes.start < end) {
        const newline = config.lines ? data.indexOf(10, bytes.start) : -1;
        const whole = newline >= 0 && newline < end;
        if (!whole && !atEnd) return wait(bytes, sink);
        const stop = whole ? newline : end;
        const trimmed = config.lines && stop > bytes.start && data[stop - 1] === 13 ? stop - 1 : stop;
        take(data, bytes.start, trimmed, end, sink);
        bytes.consume(whole ? newline + 1 : end);
      }
      return bytes.start < end ? "full" : "hungry";
    },
    reset() {
      skipping = false;
    },
    restartable: () => config.lines && !skipping,
  };
}
