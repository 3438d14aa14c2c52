import type { ColumnType, Delta, Field, Row, SqlTypeName, Value } from "@headgate/engine";
import type { EncodedMessage, EncoderTarget, ParseError, ParsedBatches, TableSchema } from "@headgate/connector-kit";
import { inputFormats, outputFormats } from "../../src/formats/format-registry.ts";

export type TypeOptions = Partial<Omit<ColumnType, "type">>;

export function type(name: SqlTypeName, options: TypeOptions = {}): ColumnType {
  return { type: name, nullable: true, ...options };
}

export function column(name: string, columnType: ColumnType | SqlTypeName, options: Partial<Field> = {}): Field {
  const resolved = typeof columnType === "string" ? type(columnType) : columnType;
  return { name, caseSensitive: false, columnType: resolved, unused: false, ...options };
}

export function required(name: string, typeName: SqlTypeName, options: TypeOptions & { default?: string } = {}): Field {
  const { default: expression, ...rest } = options;
  return column(name, type(typeName, { nullable: false, ...rest }), expression === undefined ? {} : { default: expression });
}

export function table(fields: readonly Field[], primaryKey?: readonly string[]): TableSchema {
  return { name: "t", fields, primaryKey };
}

export interface Parsed {
  readonly rows: readonly (readonly (Value | undefined)[])[];
  readonly ops: readonly number[];
  readonly errors: readonly ParseError[];
  readonly bytes: number;
}

export interface ParseRequest {
  readonly format: string;
  readonly config?: unknown;
  readonly schema: TableSchema;
  readonly scratchDirectory?: string;
}

/** Parses pieces of one input, end included, and joins what the batches hold. */
export async function parse(request: ParseRequest, ...pieces: readonly (string | Uint8Array)[]): Promise<Parsed> {
  const definition = inputFormats.get(request.format);
  if (definition === undefined) throw new Error(`no format ${request.format}`);
  const config = definition.parseConfig(request.config ?? {}, request.schema);
  const parser = definition.createParser(config, request.schema, { scratchDirectory: request.scratchDirectory ?? "" });
  const parsed = { rows: [] as Row[], ops: [] as number[], errors: [] as ParseError[], bytes: 0 };
  const take = async (batches: ParsedBatches): Promise<void> => {
    for await (const { batch, errors, bytes } of batches) {
      parsed.rows.push(...(batch.rows as Row[]));
      parsed.ops.push(...batch.rows.map((_, index) => batch.ops?.[index] ?? 0));
      parsed.errors.push(...errors);
      parsed.bytes += bytes;
    }
  };
  for (const piece of pieces) await take(parser.push(typeof piece === "string" ? Buffer.from(piece) : piece));
  await take(parser.finish());
  await parser.close?.();
  return parsed;
}

/** Encodes a delta and gives the text of each chunk, and the messages of what could not be encoded. */
export function encode(
  format: string,
  config: unknown,
  schema: TableSchema,
  delta: Delta,
): { readonly chunks: readonly string[]; readonly records: readonly number[]; readonly errors: readonly string[] } {
  const definition = outputFormats.get(format);
  if (definition === undefined) throw new Error(`no format ${format}`);
  const chunks: string[] = [];
  const records: number[] = [];
  const errors: string[] = [];
  for (const piece of definition.createEncoder(definition.parseConfig(config, schema), schema).encode(delta)) {
    if ("message" in piece) errors.push(piece.message);
    else {
      chunks.push(Buffer.from(piece.bytes).toString("utf8"));
      records.push(piece.records);
    }
  }
  return { chunks, records, errors };
}

/** Encodes a delta for a sink that takes messages. */
export async function encodeForTopic(
  format: string,
  config: unknown,
  schema: TableSchema,
  delta: Delta,
  target: EncoderTarget = { topic: "topic" },
): Promise<{ readonly messages: readonly EncodedMessage[]; readonly chunks: readonly string[]; readonly errors: readonly string[] }> {
  const definition = outputFormats.get(format);
  if (definition === undefined) throw new Error(`no format ${format}`);
  const encoder = definition.createEncoder(definition.parseConfig(config, schema, target), schema, target);
  await encoder.prepare?.(new AbortController().signal);
  const messages: EncodedMessage[] = [];
  const chunks: string[] = [];
  const errors: string[] = [];
  for (const piece of encoder.encode(delta)) {
    if ("message" in piece) errors.push(piece.message);
    else if (piece.messages === undefined) chunks.push(Buffer.from(piece.bytes).toString("utf8"));
    else messages.push(...piece.messages);
  }
  return { messages, chunks, errors };
}

/** Cuts bytes at the given places, which may be in any order. */
export function cutAt(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const sorted = [0, ...places.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  // Each piece is memory of its own, as a transport's would be.
  return sorted.slice(1).map((end, index) => Uint8Array.from(bytes.subarray(sorted[index], end)));
}
