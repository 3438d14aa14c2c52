import { ChangeOp, type Value } from "@headgate/engine";
import type { TableSchema } from "@headgate/connector-kit";
import type { ChangeSink, ParsedRow } from "../records/change-sink.ts";
import type { ColumnDefaults } from "../records/column-defaults.ts";
import { fieldIndex } from "../values/field-index.ts";
import { AvroDataError, AvroSchemaError } from "./avro-error.ts";
import type { AvroSchema } from "./avro-schema.ts";
import type { ByteReader } from "./byte-reader.ts";
import { columnForm, misfit } from "./column-form.ts";
import { compileAvroReader } from "./read-value.ts";
import { compileSkipper } from "./skip-value.ts";
import { inColumn } from "./write-value.ts";

export type AvroInputUpdate = "raw" | "debezium";
/** Adds the changes that one message stands for. @throws AvroDataError | ValueError; what it added before is to be taken back */
export type EventReader = (input: ByteReader, sink: ChangeSink) => void;
type RowReader = (input: ByteReader) => ParsedRow;

/** Compiles the reader of messages of a schema. `defaults` may be filled up to the first message. @throws AvroSchemaError */
export function compileEventReader(update: AvroInputUpdate, schema: AvroSchema, table: TableSchema, defaults: ColumnDefaults): EventReader {
  if (update === "debezium") return debeziumReader(schema, table, defaults);
  const read = compileTableReader(schema, table, defaults);
  return (input, sink) => sink.add(ChangeOp.insert, read(input));
}

function compileTableReader(schema: AvroSchema, table: TableSchema, defaults: ColumnDefaults): RowReader {
  const { fields } = table;
  if (schema.kind !== "record") throw misfit({ type: "STRUCT", nullable: false }, "a record", schema);
  const indexOf = fieldIndex(fields);
  const steps = schema.fields.map(({ name, schema: inner }) => {
    const column = indexOf(name);
    const field = fields[column];
    if (field === undefined) return { column: -1, read: compileSkipper(inner) };
    return { column, read: inColumn(field.name, () => compileAvroReader(inner, field.columnType)) };
  });
  const absent = fields.flatMap((_, column) => (steps.some((step) => step.column === column) ? [] : [column]));
  const missing = absent
    .map((column) => fields[column])
    .find((field) => field?.default === undefined && field?.columnType.nullable === false);
  if (missing !== undefined) throw new AvroSchemaError(`the schema has no field "${missing.name}", which is NOT NULL and has no DEFAULT`);
  return (input) => {
    const row: Value[] = fields.map(() => null);
    for (const column of absent) row[column] = defaults.get(column) ?? null;
    for (let at = 0; at < steps.length; at++) {
      const { column, read } = steps[at] as (typeof steps)[number];
      const value = read(input);
      if (column >= 0) row[column] = value ?? null;
    }
    return row;
  };
}

/** Debezium's envelope: the row before and after a change, and which change it is. */
function debeziumReader(schema: AvroSchema, table: TableSchema, defaults: ColumnDefaults): EventReader {
  if (schema.kind !== "record") throw new AvroSchemaError("expected Debezium's envelope, a record with the fields before, after and op");
  const keyColumns = table.primaryKey;
  const isKey = table.fields.map((field) => keyColumns?.includes(field.name) === true);
  let before: ParsedRow | undefined;
  let after: ParsedRow | undefined;
  let operation: Value = null;
  const rowInto = (inner: AvroSchema, take: (row: ParsedRow | undefined) => void): ((input: ByteReader) => void) => {
    const { branch, schema: record } = columnForm(inner);
    const read = compileTableReader(record, table, defaults);
    return (input) => take(branch === undefined || input.int() === branch ? read(input) : undefined);
  };
  const steps = schema.fields.map(({ name, schema: inner }): ((input: ByteReader) => void) => {
    switch (name) {
      case "before":
        return rowInto(inner, (row) => (before = row));
      case "after":
        return rowInto(inner, (row) => (after = row));
      case "op": {
        const read = inColumn("op", () => compileAvroReader(inner, { type: "VARCHAR", nullable: true }));
        return (input) => (operation = read(input));
      }
      default:
        return compileSkipper(inner);
    }
  });
  for (const name of ["before", "after", "op"]) {
    if (!schema.fields.some((field) => field.name === name))
      throw new AvroSchemaError(`expected Debezium's envelope, and found no field "${name}"`);
  }
  return (input, sink) => {
    before = after = undefined;
    operation = null;
    for (const step of steps) step(input);
    if (table.appendOnly === true && (operation === "u" || operation === "d")) {
      throw new AvroDataError(`table "${table.name}" is append-only: its rows cannot be ${operation === "u" ? "updated" : "deleted"}`);
    }
    addChange(sink, String(operation), before, after, keyColumns === undefined ? undefined : isKey);
  };
}

function addChange(
  sink: ChangeSink,
  operation: string,
  before: ParsedRow | undefined,
  after: ParsedRow | undefined,
  isKey: readonly boolean[] | undefined,
): void {
  if (!["c", "r", "u", "d"].includes(operation))
    throw new AvroDataError(`expected "op" to be one of c, r, u, d, found ${operation.slice(0, 80)}`);
  if ((operation === "d" ? before : after) === undefined) {
    throw new AvroDataError(`a change with "op" ${operation} has no row ${operation === "d" ? "before" : "after"} it`);
  }
  if (operation === "u" && before === undefined && isKey === undefined) {
    throw new AvroDataError('"before" is missing, and the table has no primary key to find the old row by');
  }
  if (before !== undefined && (operation === "u" || operation === "d")) sink.add(ChangeOp.delete, keyPart(before, isKey));
  if (after !== undefined && operation !== "d") sink.add(ChangeOp.insert, after);
}

/** The key columns of a row, or all without a key. */
const keyPart = (row: ParsedRow, isKey: readonly boolean[] | undefined): ParsedRow =>
  isKey === undefined ? row : row.map((value, column) => (isKey[column] === true ? value : undefined));
