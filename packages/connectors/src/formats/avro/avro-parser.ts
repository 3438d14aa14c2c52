import {
  ConnectorError,
  type MessageMetadata,
  type ParsedBatch,
  type ParsedBatches,
  type Parser,
  type TableSchema,
} from "@headgate/connector-kit";
import { ChangeSink } from "../records/change-sink.ts";
import { evaluateDefaults, literalDefaults } from "../records/column-defaults.ts";
import { MetadataColumns } from "../records/metadata-columns.ts";
import { recordError } from "../records/record-error.ts";
import { ValueError } from "../values/value-error.ts";
import { AvroDataError, AvroSchemaError } from "./avro-error.ts";
import type { AvroInputConfig } from "./avro-input-format.ts";
import { parseAvroSchema } from "./avro-schema.ts";
import { ByteReader } from "./byte-reader.ts";
import { compileEventReader, type EventReader } from "./event-reader.ts";
import { createSchemaRegistry } from "./schema-registry.ts";

const headerBytes = 5;
/** Schemas that are kept compiled; a stream has few, and a broken one must not fill the memory. */
const maxSchemas = 1000;
const noBytes = Buffer.alloc(0);
/** A reader, or why there is none. */
type Compiled = EventReader | string;

/** Makes the parser of Avro messages; the end of input after the bytes of one is the end of that message. */
export function createAvroParser(config: AvroInputConfig, table: TableSchema): Parser {
  return new AvroParser(config, table);
}

class AvroParser implements Parser {
  readonly #config: AvroInputConfig;
  readonly #table: TableSchema;
  readonly #defaults;
  readonly #openDefaults: readonly number[];
  readonly #readers = new Map<number, Compiled>();
  readonly #fixed: Compiled | undefined;
  readonly #sink = new ChangeSink();
  readonly #metadataColumns: MetadataColumns | undefined;
  #metadata: MessageMetadata | undefined;
  #message = noBytes;
  #ready: boolean;

  constructor(config: AvroInputConfig, table: TableSchema) {
    const { open, values } = literalDefaults(table, { metadata: true });
    this.#config = config;
    this.#table = table;
    this.#defaults = values;
    this.#openDefaults = open;
    this.#ready = open.length === 0;
    this.#metadataColumns = MetadataColumns.of(table);
    if (config.schema !== undefined) this.#fixed = compileEventReader(config.update, config.schema, table, values);
  }

  about(metadata: MessageMetadata | undefined): void {
    this.#metadata = metadata;
  }

  push(bytes: Uint8Array): ParsedBatches {
    this.#message = this.#message.length === 0 ? Buffer.from(bytes) : Buffer.concat([this.#message, bytes]);
    return [];
  }

  /** Nothing was pushed for a tombstone, which is no change: the delete before it was. */
  finish(): ParsedBatches {
    const message = this.#message;
    this.#message = noBytes;
    if (message.length === 0) return [];
    this.#sink.eventNumber++;
    const id = this.#config.schemaId ? schemaId(message) : -1;
    if (id === undefined) return [this.#fault(message, "it does not begin with a zero and a schema's id")];
    const reader = this.#fixed ?? this.#readers.get(id);
    return this.#ready && reader !== undefined ? [this.#read(message, reader)] : this.#readLater(message, id);
  }

  /** An iterator whose `next` may be called again after a retryable error: the message is still there. */
  #readLater(message: Buffer, id: number): AsyncIterable<ParsedBatch> {
    let done = false;
    const next = async (): Promise<IteratorResult<ParsedBatch>> => {
      if (done) return { done: true, value: undefined };
      await this.#settleDefaults();
      const reader = this.#fixed ?? this.#readers.get(id) ?? (await this.#compile(id));
      done = true;
      return { done: false, value: this.#read(message, reader) };
    };
    return { [Symbol.asyncIterator]: () => ({ next }) };
  }

  async #settleDefaults(): Promise<void> {
    if (this.#ready) return;
    for (const [column, value] of await evaluateDefaults(this.#table, this.#openDefaults)) this.#defaults.set(column, value);
    this.#ready = true;
  }

  async #compile(id: number): Promise<Compiled> {
    const { registry, update } = this.#config;
    if (registry === undefined) return "no registry is given";
    let compiled: Compiled;
    try {
      const schema = parseAvroSchema(await createSchemaRegistry(registry).schemaOf(id));
      compiled = compileEventReader(update, schema, this.#table, this.#defaults);
    } catch (error) {
      if (error instanceof ConnectorError && error.code === "fatal") compiled = error.message;
      else if (error instanceof AvroSchemaError) compiled = `schema ${id} does not fit table "${this.#table.name}": ${error.message}`;
      else throw error;
    }
    if (this.#readers.size >= maxSchemas) this.#readers.clear();
    // A schema may still be registered; one that does not fit stays as it is.
    if (typeof compiled !== "string" || compiled.startsWith("schema ")) this.#readers.set(id, compiled);
    return compiled;
  }

  #read(message: Buffer, reader: Compiled): ParsedBatch {
    if (typeof reader === "string") return this.#fault(message, reader);
    try {
      const input = new ByteReader(message, this.#config.schemaId ? headerBytes : 0);
      reader(input, this.#sink);
      if (input.left > 0) throw new AvroDataError(`${input.left} bytes are left over behind the record`);
      this.#metadataColumns?.fill(this.#sink, 0, this.#metadata);
    } catch (error) {
      // A RangeError is the stack that a deeply nested message used up.
      if (!(error instanceof AvroDataError || error instanceof ValueError || error instanceof RangeError)) throw error;
      this.#sink.truncate(0);
      return this.#fault(message, error.message);
    }
    return this.#take(message);
  }

  #fault(message: Buffer, problem: string): ParsedBatch {
    const description = `failed to read an Avro message: ${problem}`;
    this.#sink.addError(recordError({ description, eventNumber: this.#sink.eventNumber, bytes: message }));
    return this.#take(message);
  }
  #take(message: Buffer): ParsedBatch {
    return { ...this.#sink.take(), bytes: message.length };
  }
}

/** The id that a message begins with; undefined when it does not. */
function schemaId(message: Buffer): number | undefined {
  return message.length >= headerBytes && message[0] === 0 ? message.readUInt32BE(1) : undefined;
}
