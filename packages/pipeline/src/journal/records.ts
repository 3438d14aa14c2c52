import { createHash } from "node:crypto";
import type { ChangeBatch, Delta, Field, Row, Value } from "@headgate/engine";
import type { InputPosition } from "@headgate/connector-kit";
import type { ByteReader } from "./byte-reader.ts";
import type { ByteWriter } from "./byte-writer.ts";
import { createRowCodec, type RowCodec } from "./row-codec.ts";

/** Kinds of records. A number is never given another meaning. */
export const recordKind = { rows: 1, step: 2, control: 3, delta: 4 } as const;

/** Rows that a connector queued. */
export interface RowsRecord {
  /** Endpoint name; "" for rows of ad-hoc INSERTs. */
  readonly endpoint: string;
  readonly table: string;
  /** The connector's records up to and with these. */
  readonly end: number;
  readonly bytes: number;
  /** Tells the table's columns from those that another program gives it. */
  readonly shape: string;
  /** Where the connector continues behind these rows; undefined when it cannot. */
  readonly position: ResumePoint | undefined;
  readonly batch: ChangeBatch;
}

/** Where a source continues: its transport's place, and how many rows that it gives from there are here already. */
export interface ResumePoint {
  readonly at: InputPosition;
  readonly skip: number;
  /** Fingerprint of the connector that the place is of; set in the journal. */
  readonly of?: string | undefined;
}

/** A step: the queued records that it takes, in order. */
export interface StepRecord {
  /** 1 for the first step ever; counts steps in the journal, and only these. */
  readonly sequence: number;
  readonly takes: readonly (readonly [endpoint: string, records: number])[];
  /** NOW() in the step, in microseconds since the epoch. */
  readonly now: bigint | undefined;
}

/** What somebody asked for that is no row: must not be forgotten either. */
export type ControlRecord =
  | { readonly type: "paused"; readonly input: string; readonly paused: boolean }
  | { readonly type: "reset"; readonly output: string; readonly generation: number };

/** A step's change on its way to one output. */
export interface DeltaRecord {
  readonly output: string;
  readonly step: number;
  readonly inputRecords: number;
  readonly delta: Delta;
}

/** Codecs of a program's relations, made when first needed. */
export class RowCodecs {
  readonly #fields: ReadonlyMap<string, readonly Field[]>;
  readonly #codecs = new Map<string, RowCodec>();
  readonly #shapes = new Map<string, string>();

  constructor(relations: readonly { readonly name: string; readonly fields: readonly Field[] }[]) {
    this.#fields = new Map(relations.map(({ name, fields }) => [name, fields]));
  }
  /** Equal for relations with equal columns; undefined for one that the program does not have. */
  shapeOf(relation: string): string | undefined {
    const known = this.#shapes.get(relation);
    const fields = this.#fields.get(relation);
    if (known !== undefined || fields === undefined) return known;
    const columns = fields.map(({ columnType, name }) => [name, columnType]);
    const shape = createHash("sha256").update(JSON.stringify(columns)).digest("base64url").slice(0, 10);
    this.#shapes.set(relation, shape);
    return shape;
  }
  /** @throws Error for an unknown relation: a bug of the caller */
  of(relation: string): RowCodec {
    const known = this.#codecs.get(relation);
    if (known !== undefined) return known;
    const fields = this.#fields.get(relation);
    if (fields === undefined) throw new Error(`There is no relation '${relation}'.`);
    const codec = createRowCodec(fields);
    this.#codecs.set(relation, codec);
    return codec;
  }
}

export function writeRows(out: ByteWriter, codec: RowCodec, record: RowsRecord): void {
  const { batch, bytes, end, endpoint, position, shape, table } = record;
  out.text(JSON.stringify({ e: endpoint, t: table, h: shape, n: end, b: bytes, ...(position === undefined ? {} : { p: position }) }));
  out.u8(batch.ops === undefined ? 0 : 1);
  codec.write(out, batch.rows);
  if (batch.ops !== undefined) out.bytes(batch.ops.subarray(0, batch.rows.length));
}

/** What stands before the rows; the rows themselves are read by {@link readBatch}, with the codec of their table. */
export type RowsHead = Omit<RowsRecord, "batch">;
export function readRowsHead(input: ByteReader): RowsHead {
  const { b, e, h, n, p, t } = JSON.parse(input.text()) as { e: string; t: string; h: string; n: number; b: number; p?: ResumePoint };
  return { endpoint: e, table: t, end: n, bytes: b, shape: h, position: p };
}
export function readBatch(input: ByteReader, codec: RowCodec): ChangeBatch {
  const withOps = input.u8() === 1;
  const rows = codec.read(input);
  return { rows, ops: withOps ? new Uint8Array(input.bytes(rows.length)) : undefined };
}

export function writeStep(out: ByteWriter, { now, sequence, takes }: StepRecord): void {
  out.text(JSON.stringify({ s: sequence, t: takes, ...(now === undefined ? {} : { n: String(now) }) }));
}
export function readStep(input: ByteReader): StepRecord {
  const { n, s, t } = JSON.parse(input.text()) as { s: number; t: [string, number][]; n?: string };
  return { sequence: s, takes: t, now: n === undefined ? undefined : BigInt(n) };
}

export const writeControl = (out: ByteWriter, record: ControlRecord): void => out.text(JSON.stringify(record));
export const readControl = (input: ByteReader): ControlRecord => JSON.parse(input.text()) as ControlRecord;

export function writeDelta(out: ByteWriter, codec: RowCodec, { delta, inputRecords, output, step }: DeltaRecord): void {
  out.text(JSON.stringify({ o: output, s: step, r: inputRecords }));
  out.u32(delta.length);
  let at = out.claim(delta.length * 4);
  const { view } = out;
  for (const [, weight] of delta) {
    view.setInt32(at, weight, true);
    at += 4;
  }
  codec.write(
    out,
    delta.map(([row]) => row),
  );
}
export type DeltaHead = Omit<DeltaRecord, "delta">;
export function readDeltaHead(input: ByteReader): DeltaHead {
  const { o, r, s } = JSON.parse(input.text()) as { o: string; s: number; r: number };
  return { output: o, step: s, inputRecords: r };
}
export function readDelta(input: ByteReader, codec: RowCodec): Delta {
  const count = input.u32();
  const weights = input.skip(count * 4);
  return codec.read(input).map((row, i) => [row as readonly Value[] as Row, input.view.getInt32(weights + i * 4, true)] as const);
}
