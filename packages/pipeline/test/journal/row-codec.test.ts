import { describe, expect, test } from "@jest/globals";
import type { ColumnType, Value } from "@headgate/engine";
import fc from "fast-check";
import { ByteReader } from "../../src/journal/byte-reader.ts";
import { ByteWriter } from "../../src/journal/byte-writer.ts";
import { createRowCodec, type ChangeRows } from "../../src/journal/row-codec.ts";

const interval = fc.record({ months: fc.integer(), days: fc.integer(), micros: fc.bigInt() }, { noNullPrototype: true });
/** Every kind of column, with values of it; also such that its compact form does not hold. */
const columns: readonly (readonly [ColumnType["type"], fc.Arbitrary<Value>])[] = [
  ["BOOLEAN", fc.boolean()],
  ["INTEGER", fc.oneof(fc.integer(), fc.constantFrom(-2147483648, 2147483647))],
  ["UINTEGER", fc.integer({ min: 0, max: 0xffff_ffff })],
  ["DATE", fc.integer()],
  ["DOUBLE", fc.double()],
  ["BIGINT", fc.oneof(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.constantFrom(-(2n ** 63n), 2n ** 63n - 1n))],
  ["UBIGINT", fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })],
  ["TIMESTAMP", fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n })],
  ["VARCHAR", fc.oneof(fc.string(), fc.string({ unit: "binary" }), fc.constantFrom("\ud800", "ä", "😀"))],
  ["VARBINARY", fc.uint8Array()],
  ["INTERVAL_DAY_SECOND", interval],
  ["ARRAY", fc.array(fc.oneof(fc.integer(), fc.constant(null)))],
];
const decimals: readonly (readonly [ColumnType, fc.Arbitrary<Value>])[] = [
  [{ type: "DECIMAL", nullable: true, precision: 18, scale: 2 }, fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n })],
  [{ type: "DECIMAL", nullable: true, precision: 38, scale: 2 }, fc.bigInt({ min: -(10n ** 38n), max: 10n ** 38n })],
];
const all = [...columns.map(([type, value]) => [{ type, nullable: true } as ColumnType, value] as const), ...decimals];

const roundTrip = (types: readonly ColumnType[], rows: ChangeRows): ChangeRows => {
  const codec = createRowCodec(types.map((columnType) => ({ columnType })));
  const out = new ByteWriter();
  out.u8(1);
  codec.write(out, rows);
  const input = new ByteReader(Buffer.from(out.content()));
  input.u8();
  const read = codec.read(input);
  expect(input.at).toBe(out.length);
  return read;
};

describe("the row codec", () => {
  test("gives back rows of every type exactly, with NULL and absent columns", () => {
    const row = fc.tuple(...all.map(([, value]) => fc.oneof({ weight: 4, arbitrary: value }, fc.constantFrom(null, undefined))));
    fc.assert(
      fc.property(fc.array(row, { maxLength: 30 }), (rows) => {
        const types = all.map(([type]) => type);
        expect(roundTrip(types, rows)).toEqual(rows);
      }),
      { numRuns: 100 },
    );
  });

  test("gives back columns without a gap, in which every value has the compact form", () => {
    for (const [type, value] of all) {
      fc.assert(
        fc.property(fc.array(fc.tuple(value), { maxLength: 20 }), (rows) => expect(roundTrip([type], rows)).toEqual(rows)),
        { numRuns: 20 },
      );
    }
  });

  test("keeps a value that does not belong to its column's type", () => {
    const rows = [[1.5], ["text"], [2n ** 70n]];
    expect(roundTrip([{ type: "INTEGER", nullable: false }], rows)).toEqual(rows);
    expect(roundTrip([{ type: "BIGINT", nullable: false }], rows)).toEqual(rows);
    expect(roundTrip([{ type: "VARCHAR", nullable: false }], rows)).toEqual(rows);
  });
});
