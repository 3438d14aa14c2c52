import type { EncodedChunk } from "@headgate/connector-kit";
import type { Delta, Row, Value } from "@headgate/engine";

/** Records in a delta: a row of weight 3 is three records. */
export function recordsOf(delta: Delta): number {
  let records = 0;
  for (const entry of delta) records += Math.abs(entry[1]);
  return records;
}

/** Bytes that a chunk sends: keys and values, if it holds messages. */
export function chunkBytes({ bytes, messages }: EncodedChunk): number {
  let total = bytes.byteLength;
  for (const { key, value } of messages ?? []) total += (key?.byteLength ?? 0) + (value?.byteLength ?? 0);
  return total;
}

const sampled = 32;

/** Bytes a delta holds in memory, estimated from evenly spread rows. */
export function bytesOf(delta: Delta): number {
  if (delta.length === 0) return 0;
  const step = Math.max(1, Math.floor(delta.length / sampled));
  let bytes = 0;
  let rows = 0;
  for (let i = 0; i < delta.length; i += step) {
    const entry = delta[i];
    if (entry === undefined) break;
    bytes += rowBytes(entry[0]);
    rows += 1;
  }
  return Math.round((bytes / rows) * delta.length);
}

function rowBytes(row: Row): number {
  let bytes = 64;
  for (const value of row) bytes += valueBytes(value);
  return bytes;
}

function valueBytes(value: Value): number {
  if (typeof value === "string") return 24 + value.length;
  if (typeof value === "bigint") return 24;
  if (value instanceof Uint8Array) return 96 + value.byteLength;
  if (Array.isArray(value)) return rowBytes(value as Row);
  return 8;
}
