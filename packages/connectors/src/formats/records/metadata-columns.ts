import { isUtf8 } from "node:buffer";
import type { MessageMetadata, TableSchema } from "@headgate/connector-kit";
import type { ColumnType, Field, Value } from "@headgate/engine";
import { compareMapKeys } from "../values/map-keys.ts";
import { compileTextReader } from "../values/read-text.ts";
import { ValueError } from "../values/value-error.ts";
import { variantText } from "../values/variant.ts";
import type { ChangeSink } from "./change-sink.ts";
import { recordError } from "./record-error.ts";

/** Stands in a row for a column that its record leaves out, until the metadata of its message is looked up. Known by its identity. */
export const fromMetadata: Value = Object.freeze<Value[]>([]);

type Told = MessageMetadata[string] | Uint8Array | null | undefined;

interface MetadataColumn {
  readonly index: number;
  readonly field: Field;
  readonly keys: readonly string[];
  readonly read: (told: Told | MessageMetadata) => Value;
}

/** The columns of a table whose DEFAULT reads `CONNECTOR_METADATA()`. */
export class MetadataColumns {
  readonly #columns: readonly MetadataColumn[];

  private constructor(columns: readonly MetadataColumn[]) {
    this.#columns = columns;
  }

  /** Undefined when there are none. */
  static of({ fields }: TableSchema): MetadataColumns | undefined {
    const columns = fields.flatMap((field, index) =>
      field.metadata === undefined ? [] : [{ index, field, keys: field.metadata, read: compileReader(field.columnType) }],
    );
    return columns.length === 0 ? undefined : new MetadataColumns(columns);
  }

  get indexes(): readonly number[] {
    return this.#columns.map(({ index }) => index);
  }

  /** Fills in the rows from the `first` on, which come from one message. Rows that must have what it does not tell become an error. */
  fill(sink: ChangeSink, first: number, metadata: MessageMetadata | undefined): void {
    for (const column of this.#columns) {
      try {
        this.#fillColumn(column, sink, first, metadata);
      } catch (error) {
        if (!(error instanceof ValueError)) throw error;
        sink.truncate(first);
        const name = column.field.name;
        const description = `failed to read a record: column "${name}": ${error.message}`;
        return sink.addError(recordError({ description, field: name, eventNumber: sink.eventNumber, suggestion: error.suggestion }));
      }
    }
  }

  #fillColumn({ field, index, keys, read }: MetadataColumn, sink: ChangeSink, first: number, metadata: MessageMetadata | undefined): void {
    let value: Value | undefined;
    for (let at = first; at < sink.length; at++) {
      const row = sink.row(at) as (Value | undefined)[];
      if (row[index] !== fromMetadata) continue;
      value ??= read(lookUp(metadata, keys));
      if (value === null && !field.columnType.nullable) {
        const key = keys.length === 0 ? "it" : `'${keys.join("' '")}'`;
        throw new ValueError(
          `the column is NOT NULL and the connector's metadata does not tell ${key}`,
          "see the connector's include_… options",
        );
      }
      row[index] = value;
    }
  }
}

function lookUp(metadata: MessageMetadata | undefined, [name, inner]: readonly string[]): Told | MessageMetadata {
  if (name === undefined) return metadata;
  const told = metadata?.[name];
  if (inner === undefined) return told;
  return told instanceof Map ? (told as ReadonlyMap<string, Uint8Array | null>).get(inner) : undefined;
}

function compileReader(type: ColumnType): MetadataColumn["read"] {
  if (type.type === "VARIANT") return (told) => (told === undefined || told === null ? null : variantText(plain(told)));
  const readText = type.type === "MAP" || type.type === "ARRAY" || type.type === "STRUCT" ? undefined : compileTextReader(type);
  const readBytes = bytesReader(type);
  const readValue = type.type === "MAP" && type.value !== undefined ? bytesReader(type.value) : undefined;
  return (told) => {
    if (told === undefined || told === null) return null;
    if (told instanceof Uint8Array) return readBytes(told);
    if (typeof told !== "object") return readText === undefined ? mismatch(type, "a single value") : readText(String(told));
    if (readValue === undefined || !(told instanceof Map)) return mismatch(type, "a map");
    const headers = told as ReadonlyMap<string, Uint8Array | null>;
    const pairs = [...headers].map(([key, value]): readonly Value[] => [key, value === null ? null : readValue(value)]);
    return pairs.sort((left, right) => compareMapKeys(left[0] ?? null, right[0] ?? null));
  };
}

function bytesReader(type: ColumnType): (bytes: Uint8Array) => Value {
  switch (type.type) {
    case "BINARY":
    case "VARBINARY":
      // What a row keeps must not hold on to the whole answer of a broker.
      return (bytes) => new Uint8Array(bytes);
    case "CHAR":
    case "VARCHAR":
      return (bytes) => (isUtf8(bytes) ? Buffer.from(bytes).toString("utf8") : mismatch(type, "bytes that are not UTF-8"));
    default:
      return () => mismatch(type, "bytes");
  }
}

function mismatch({ type }: ColumnType, found: string): never {
  throw new ValueError(`expected ${type}, found ${found} in the connector's metadata`);
}

/** As parsed JSON: bytes are lists of numbers, as BINARY is in JSON. */
function plain(told: Exclude<Told | MessageMetadata, null | undefined>): unknown {
  if (told instanceof Uint8Array) return [...told];
  if (typeof told === "bigint") return Number(told);
  if (typeof told !== "object") return told;
  const members = told instanceof Map ? [...(told as ReadonlyMap<string, Told>)] : Object.entries(told as MessageMetadata);
  return Object.fromEntries(members.map(([key, value]) => [key, value === null || value === undefined ? null : plain(value)]));
}
