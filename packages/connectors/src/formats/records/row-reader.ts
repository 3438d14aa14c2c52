import type { Field, Value } from "@headgate/engine";
import type { TableSchema } from "@headgate/connector-kit";
import { fieldIndex } from "../values/field-index.ts";
import { compileJsonReader, needsExactNumbers, type JsonReader } from "../values/read-json.ts";
import type { JsonStyle } from "../values/json-style.ts";
import { ValueError, showValue } from "../values/value-error.ts";
import type { ParsedRow } from "./change-sink.ts";
import type { ColumnDefaults } from "./column-defaults.ts";

/** A value that does not fit, and the column it was for. */
export class ColumnError extends ValueError {
  readonly field: string;
  constructor(field: string, message: string, suggestion?: string) {
    super(message, suggestion);
    this.field = field;
  }
}

/** Reads rows of one table from JSON objects. Keys that name no column are ignored. */
export interface RowReader {
  readonly hasKey: boolean;
  readonly appendOnly: boolean;
  /** A row to insert: a missing column is its default, else NULL, else an error. */
  whole(value: unknown): ParsedRow;
  /** A row to delete: with a primary key only its key columns, else a whole row. @throws ValueError when the table is append-only */
  removed(value: unknown): ParsedRow;
  /** Columns to change: the key columns and any of the others. @throws ValueError when the table is append-only */
  partial(value: unknown): ParsedRow;
}

/** Compiles the row reader of a table. `defaults` may be filled up to the first row that is read. */
export function createRowReader(schema: TableSchema, style: JsonStyle, defaults: ColumnDefaults): RowReader {
  const { fields } = schema;
  const readers = fields.map((field) => compileJsonReader(field.columnType, style));
  const keyColumns = (schema.primaryKey ?? []).map((name) => fields.findIndex((field) => field.name === name));
  const isKey = fields.map((_, index) => keyColumns.includes(index));
  const nothing = fields.map(() => undefined);
  const fill = createFiller(fields, readers);
  let prepared: { readonly template: readonly (Value | undefined)[]; readonly required: readonly number[] } | undefined;

  function prepare(): NonNullable<typeof prepared> {
    const template = fields.map((field, index) => {
      const value = defaults.get(index);
      return value === undefined && field.columnType.nullable ? null : value;
    });
    const required = template.flatMap((value, index) => (value === undefined ? [index] : []));
    return { template, required };
  }

  function whole(value: unknown): ParsedRow {
    prepared ??= prepare();
    const row = prepared.template.slice();
    fill(row, value, undefined);
    requireColumns(row, prepared.required, fields);
    return row;
  }
  function keyed(value: unknown, only: readonly boolean[] | undefined): ParsedRow {
    const row = nothing.slice();
    fill(row, value, only);
    requireColumns(row, keyColumns, fields);
    return row;
  }
  const hasKey = keyColumns.length > 0;
  const appendOnly = schema.appendOnly === true;
  if (appendOnly) return { hasKey, appendOnly, whole, removed: refuse("deleted"), partial: refuse("updated") };
  return {
    hasKey,
    appendOnly,
    whole,
    removed: hasKey ? (value) => keyed(value, isKey) : whole,
    partial: (value) => keyed(value, undefined),
  };

  function refuse(done: string): () => never {
    return () => {
      throw new ValueError(
        `table "${schema.name}" is append-only: its rows cannot be ${done}`,
        "send inserts only, or declare the table without 'append_only' = 'true'",
      );
    };
  }
}

function requireColumns(row: ParsedRow, required: readonly number[], fields: readonly Field[]): void {
  for (let at = 0; at < required.length; at++) {
    const index = required[at] ?? -1;
    if (row[index] !== undefined) continue;
    const name = fields[index]?.name ?? "";
    throw new ColumnError(name, `missing field "${name}"`, "the column is NOT NULL and has no DEFAULT: give it a value");
  }
}

type Filler = (row: (Value | undefined)[], value: unknown, only: readonly boolean[] | undefined) => void;

/** Compiles the loop that sets the columns an object names. */
function createFiller(fields: readonly Field[], readers: readonly JsonReader[]): Filler {
  const indexOf = fieldIndex(fields);
  // Records of one stream carry the same keys in the same order: remember which column the n-th key was.
  const lastKeys: string[] = [];
  const lastColumns: number[] = [];
  return (row, value, only) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      throw new ValueError(`expected an object of columns, found ${showValue(value)}`);
    }
    const members = value as Readonly<Record<string, unknown>>;
    let position = 0;
    let column = -1;
    try {
      for (const key in members) {
        if (lastKeys[position] === key) column = lastColumns[position] ?? -1;
        else {
          column = indexOf(key);
          if (position < 1000) {
            lastKeys[position] = key;
            lastColumns[position] = column;
          }
        }
        position++;
        if (column >= 0 && (only === undefined || only[column])) row[column] = (readers[column] as JsonReader)(members[key]);
      }
    } catch (error) {
      if (error === needsExactNumbers || !(error instanceof ValueError)) throw error;
      throw new ColumnError(fields[column]?.name ?? "", error.message, error.suggestion);
    }
  };
}
