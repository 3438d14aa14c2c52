import { builtinConnectors } from "@headgate/connectors";
import type { EncodedMessage, EncoderTarget, TableSchema } from "@headgate/connector-kit";
import type { Delta, Field } from "@headgate/engine";
import { Producer } from "@platformatic/kafka";

/** The format that messages are written in. */
export type OutputWay = "json" | "debezium" | "avro";

export interface OutputRate {
  readonly messagesPerSecond: number;
  readonly bytesPerMessage: number;
}
/** With one of the messages, for the client to write the like. */
export interface ConnectorRate extends OutputRate {
  readonly sample: EncodedMessage;
}

const chunkRows = 5000;
const field = (name: string, type: Field["columnType"]["type"], nullable = true): Field => ({
  name,
  caseSensitive: false,
  columnType: { type, nullable },
  unused: false,
});
const schema: TableSchema = {
  name: "orders",
  fields: [
    field("id", "BIGINT", false),
    field("customer", "VARCHAR"),
    field("amount", "DOUBLE"),
    field("paid", "BOOLEAN"),
    field("at", "TIMESTAMP"),
  ],
  primaryKey: undefined,
};
const formats = {
  json: { name: "json", config: {} },
  debezium: { name: "json", config: { update_format: "debezium", key_fields: ["id"] } },
  avro: { name: "avro", config: { skip_schema_id: true } },
} as const;

function* rowChunks(rows: number): Generator<Delta> {
  for (let from = 0; from < rows; from += chunkRows) {
    const count = Math.min(chunkRows, rows - from);
    yield Array.from({ length: count }, (_, i) => {
      const id = from + i;
      return [[BigInt(id), `customer ${String(id % 1000)}`, id * 1.25, id % 3 === 0, 1_700_000_000_000_000n + BigInt(id)], 1] as const;
    });
  }
}

/** Writes rows as `kafka_output` does, with the format's encoding; rows are made outside of the time that counts. */
export async function measureOutput(bootstrap: string, topic: string, way: OutputWay, rows: number): Promise<ConnectorRate> {
  const transport = builtinConnectors.outputTransports.get("kafka_output");
  const format = builtinConnectors.outputFormats.get(formats[way].name);
  if (transport === undefined || format === undefined) throw new Error("kafka_output or its format is not registered.");
  const target: EncoderTarget = { topic, ...(way === "avro" ? { index: { name: "orders_by_id", columns: ["id"] } } : {}) };
  const encoder = format.createEncoder(format.parseConfig(formats[way].config, schema, target), schema, target);
  const config = transport.parseConfig({ topic, "bootstrap.servers": bootstrap });
  const output = transport.create(config, { endpointName: "bench", schema, keyed: way !== "json" });
  const { signal } = new AbortController();
  await output.open(signal);
  let elapsed = 0;
  let bytes = 0;
  let sample: EncodedMessage = { key: undefined, value: null };
  for (const delta of rowChunks(rows)) {
    const begun = performance.now();
    for (const piece of encoder.encode(delta)) {
      if ("message" in piece) throw new Error(piece.message);
      await output.write(piece, signal);
      sample = piece.messages?.at(-1) ?? sample;
      bytes += (piece.messages ?? []).reduce((sum, { key, value }) => sum + (key?.byteLength ?? 0) + (value?.byteLength ?? 0), 0);
    }
    elapsed += performance.now() - begun;
  }
  const begun = performance.now();
  await output.flush?.(signal);
  elapsed += performance.now() - begun;
  await output.close();
  return { messagesPerSecond: (rows / elapsed) * 1000, bytesPerMessage: bytes / rows, sample };
}

/** Writes copies of a message with the client alone, as many to a request as `kafka_output` does, each request acknowledged before the next. */
export async function measureRawOutput(bootstrap: string, topic: string, rows: number, sample: EncodedMessage): Promise<OutputRate> {
  const producer = new Producer({ clientId: "bench", bootstrapBrokers: [bootstrap], idempotent: true });
  const value = Buffer.from(sample.value ?? []);
  const key = sample.key === undefined ? undefined : Buffer.from(sample.key);
  const headers =
    sample.headers === undefined ? undefined : new Map(sample.headers.map(([name, bytes]) => [Buffer.from(name), Buffer.from(bytes)]));
  const message = { topic, partition: 0, value, ...(key === undefined ? {} : { key }), ...(headers === undefined ? {} : { headers }) };
  let elapsed = 0;
  for (let from = 0; from < rows; from += chunkRows) {
    const messages = Array.from({ length: Math.min(chunkRows, rows - from) }, () => ({ ...message }));
    const begun = performance.now();
    await producer.send({ messages });
    elapsed += performance.now() - begun;
  }
  await producer.close();
  return { messagesPerSecond: (rows / elapsed) * 1000, bytesPerMessage: value.length + (key?.length ?? 0) };
}
