import { builtinConnectors } from "@headgate/connectors";
import type { EncoderTarget, TableSchema } from "@headgate/connector-kit";
import type { Delta, Field } from "@headgate/engine";
import { Producer } from "@platformatic/kafka";

/** How messages get into a topic. */
export type OutputWay = "raw" | "json" | "debezium" | "avro";

export interface OutputRate {
  readonly messagesPerSecond: number;
  readonly bytesPerMessage: number;
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
export async function measureOutput(bootstrap: string, topic: string, way: Exclude<OutputWay, "raw">, rows: number): Promise<OutputRate> {
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
  for (const delta of rowChunks(rows)) {
    const begun = performance.now();
    for (const piece of encoder.encode(delta)) {
      if ("message" in piece) throw new Error(piece.message);
      await output.write(piece, signal);
      bytes += (piece.messages ?? []).reduce((sum, { key, value }) => sum + (key?.byteLength ?? 0) + (value?.byteLength ?? 0), 0);
    }
    elapsed += performance.now() - begun;
  }
  const begun = performance.now();
  await output.flush?.(signal);
  elapsed += performance.now() - begun;
  await output.close();
  return { messagesPerSecond: (rows / elapsed) * 1000, bytesPerMessage: bytes / rows };
}

/** Writes messages of one size with the client alone, as many to a request as `kafka_output` does, each acknowledged before the next. */
export async function measureRawOutput(bootstrap: string, topic: string, rows: number, messageBytes: number): Promise<OutputRate> {
  const producer = new Producer({ clientId: "bench", bootstrapBrokers: [bootstrap], idempotent: true });
  const value = Buffer.alloc(messageBytes, "x");
  let elapsed = 0;
  for (let from = 0; from < rows; from += chunkRows) {
    const messages = Array.from({ length: Math.min(chunkRows, rows - from) }, () => ({ topic, partition: 0, value }));
    const begun = performance.now();
    await producer.send({ messages });
    elapsed += performance.now() - begun;
  }
  await producer.close();
  return { messagesPerSecond: (rows / elapsed) * 1000, bytesPerMessage: messageBytes };
}
