import type { Delta, Row } from "@headgate/engine";
import type { EncodedChunk, EncodedMessage, EncodeError, Encoder, OutputFormatDefinition } from "@headgate/connector-kit";
import { encodeFault, encodeMessages, MessageCollector } from "../records/message-encoder.ts";
import { ByteWriter } from "./byte-writer.ts";
import { groupByKey, type KeyChange } from "./group-by-key.ts";
import { parseAvroOutputConfig, type AvroOutputConfig } from "./output-config.ts";
import { createSchemaRegistry } from "./schema-registry.ts";
import { compileRecordWriter } from "./write-value.ts";

const operations = { insert: header("insert"), update: header("update"), delete: header("delete") };
/** What the column of `cdc_field` says. */
const cdcCodes = { insert: "I", update: "U", delete: "D" } as const;

/** Avro output: a message for each change, with the id of its schema, as Confluent's serialisers write them. */
export const avroOutputFormat: OutputFormatDefinition<AvroOutputConfig> = {
  name: "avro",
  indexed: true,
  parseConfig: parseAvroOutputConfig,
  createEncoder: (config) => new AvroEncoder(config),
  keyed: ({ index, key, update }) => update === "confluent_jdbc" || (index !== undefined && key !== undefined),
};

class AvroEncoder implements Encoder {
  readonly #config: AvroOutputConfig;
  readonly #out = new ByteWriter();
  readonly #writeValue: (row: Row, out: ByteWriter) => void;
  readonly #writeKey: (row: Row, out: ByteWriter) => void;
  #valueHeader: Uint8Array;
  #keyHeader: Uint8Array;

  constructor(config: AvroOutputConfig) {
    this.#config = config;
    this.#writeValue = compileRecordWriter(config.value.schema, config.valueFields);
    const { index } = config;
    this.#writeKey = index === undefined ? this.#writeValue : compileRecordWriter(index.schema, index.fields, index.columns);
    this.#valueHeader = this.#keyHeader = config.schemaId ? schemaHeader(0) : new Uint8Array(0);
  }

  async prepare(signal: AbortSignal): Promise<void> {
    const { key, registry, schemaId, value } = this.#config;
    if (registry === undefined) return;
    const client = createSchemaRegistry(registry);
    const valueId = await client.register(value.subject, value.text, signal);
    const keyId = key === undefined ? 0 : await client.register(key.subject, key.text, signal);
    if (!schemaId) return;
    this.#valueHeader = schemaHeader(valueId);
    this.#keyHeader = schemaHeader(keyId);
  }

  encode(delta: Delta): Iterable<EncodedChunk | EncodeError> {
    const { index } = this.#config;
    if (index === undefined) return encodeMessages(delta, (row, weight) => this.#plainMessage(row, weight > 0));
    return this.#encodeIndexed(delta, index.name);
  }

  #plainMessage(row: Row, inserted: boolean): EncodedMessage {
    const value = this.#bytes(this.#valueHeader, this.#writeValue, row);
    if (this.#config.update === "confluent_jdbc") {
      return { key: this.#bytes(this.#keyHeader, this.#writeKey, row), value: inserted ? value : null };
    }
    // A row's insert and its delete have to reach a reader in order, and are the same but for the header.
    return { key: undefined, value, headers: inserted ? operations.insert : operations.delete, orderedBy: value };
  }

  *#encodeIndexed(delta: Delta, index: string): Generator<EncodedChunk | EncodeError> {
    const collector = new MessageCollector();
    const keyOf = (row: Row): Buffer => this.#bytes(this.#keyHeader, this.#writeKey, row);
    for (const change of groupByKey(delta, keyOf, index)) {
      const message = "message" in change ? change : this.#keyedMessage(change);
      if ("message" in message) yield message;
      else {
        collector.add(message);
        if (collector.full) yield collector.take();
      }
    }
    if (!collector.empty) yield collector.take();
  }

  #keyedMessage({ key, operation, row }: KeyChange): EncodedMessage | EncodeError {
    const { cdcField, key: used, update } = this.#config;
    try {
      if (update === "confluent_jdbc" && operation === "delete") return { key, value: null };
      const values = cdcField === undefined ? row : [...row, cdcCodes[operation]];
      const value = this.#bytes(this.#valueHeader, this.#writeValue, values);
      if (update === "confluent_jdbc") return { key, value };
      return { ...(used === undefined ? { key: undefined, orderedBy: key } : { key }), value, headers: operations[operation] };
    } catch (error) {
      return encodeFault(error);
    }
  }

  #bytes(head: Uint8Array, write: (row: Row, out: ByteWriter) => void, row: Row): Buffer {
    this.#out.begin(head);
    write(row, this.#out);
    return this.#out.take();
  }
}

/** What stands before a message in Confluent's wire format: a zero, and the schema's id. */
function schemaHeader(id: number): Uint8Array {
  const bytes = Buffer.alloc(5);
  bytes.writeUInt32BE(id, 1);
  return bytes;
}

function header(operation: string): readonly (readonly [string, Uint8Array])[] {
  return [["op", Buffer.from(operation)]];
}
