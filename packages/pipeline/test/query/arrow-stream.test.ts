import { describe, expect, test } from "@jest/globals";
import type { ColumnType, QueryRows, Row, Value } from "@headgate/engine";
import { tableFromIPC, type Table } from "apache-arrow";
import { arrowStream } from "../../src/query/arrow-stream.ts";

const of = (type: ColumnType["type"], more: Partial<ColumnType> = {}): ColumnType => ({ type, nullable: true, ...more });
const field = (name: string, columnType: ColumnType) => ({ name, caseSensitive: false, columnType, unused: false });

async function read(types: readonly ColumnType[], ...chunks: Row[][]): Promise<Table> {
  const result: QueryRows = {
    columns: types.map((type, i) => field(`c${String(i)}`, type)),
    async *rows() {
      yield* chunks;
    },
  };
  const pieces: Uint8Array[] = [];
  for await (const piece of arrowStream(result)) pieces.push(piece);
  return tableFromIPC(Buffer.concat(pieces));
}

/** The bits of 128-bit values, which the reader gives as four words. */
function wide(words: Uint32Array): bigint {
  const bits = words.reduce((sum, word, i) => sum | (BigInt(word) << BigInt(32 * i)), 0n);
  return BigInt.asIntN(128, bits);
}

describe("an Arrow stream", () => {
  test.each<[ColumnType, string, readonly Value[]]>([
    [of("BOOLEAN"), "Bool", [true, false, null, true, true, false, true, true, true]],
    [of("TINYINT"), "Int8", [-128, 127]],
    [of("SMALLINT"), "Int16", [-32768, 32767]],
    [of("INTEGER"), "Int32", [null, -2147483648, 2147483647]],
    [of("BIGINT"), "Int64", [-(2n ** 63n), 2n ** 63n - 1n, null]],
    [of("UTINYINT"), "Uint8", [255]],
    [of("USMALLINT"), "Uint16", [65535]],
    [of("UINTEGER"), "Uint32", [4294967295]],
    [of("UBIGINT"), "Uint64", [2n ** 64n - 1n]],
    [of("REAL"), "Float32", [1.5, NaN]],
    [of("DOUBLE"), "Float64", [0.1, -Infinity, null]],
    [of("VARCHAR"), "Utf8", ["", "naïve 🦆", null, "\0"]],
    [of("UUID"), "Utf8", ["0188f1a2-0000-7000-8000-000000000000"]],
    [of("VARIANT"), "Utf8", ['{"a":9007199254740993}']],
  ])("gives %j as %s without loss", async (type, name, values) => {
    const table = await read(
      [type],
      values.map((value) => [value]),
    );
    expect(String(table.schema.fields[0]?.type)).toBe(name);
    expect(Array.from(table.getChildAt(0) ?? [])).toEqual(values);
  });

  test("gives times, decimals and bytes with every digit", async () => {
    const types = [
      of("DATE"),
      of("TIME"),
      of("TIMESTAMP"),
      of("TIMESTAMP_TZ"),
      of("DECIMAL", { precision: 38, scale: 3 }),
      of("VARBINARY"),
      of("INTERVAL_DAY"),
    ];
    const least = -(10n ** 38n) + 1n;
    const table = await read(types, [
      [-1, 86_399_999_999n, -62_135_596_800_000_000n + 1n, 253_402_300_799_999_999n, least, new Uint8Array([0, 255]), null],
      [null, null, null, null, null, null, { months: -1, days: 40, micros: -3n }],
    ]);
    const names = [
      "Date32<DAY>",
      "Time64<MICROSECOND>",
      "Timestamp<MICROSECOND>",
      "Timestamp<MICROSECOND, UTC>",
      "Decimal[38e+3]",
      "Binary",
    ];
    expect(table.schema.fields.slice(0, 6).map(({ type }) => String(type))).toEqual(names);
    const raw = (i: number): unknown => (table.batches[0]?.data.children[i] as { values: ArrayLike<unknown> }).values;
    expect((raw(0) as Int32Array)[0]).toBe(-1);
    expect((raw(1) as BigInt64Array)[0]).toBe(86_399_999_999n);
    expect((raw(2) as BigInt64Array)[0]).toBe(-62_135_596_800_000_000n + 1n);
    expect((raw(3) as BigInt64Array)[0]).toBe(253_402_300_799_999_999n);
    expect(wide(table.getChildAt(4)?.get(0) as Uint32Array)).toBe(least);
    expect(table.getChildAt(5)?.get(0)).toEqual(new Uint8Array([0, 255]));
    expect(Array.from((raw(6) as Int32Array).slice(4))).toEqual([-1, 40, -3000, -1]);
    for (let i = 0; i < 6; i += 1) expect(table.getChildAt(i)?.get(1)).toBeNull();
  });

  test("gives lists, rows and maps, with NULLs at every level", async () => {
    const point = of("STRUCT", { fields: [field("x", of("BIGINT")), field("tags", of("ARRAY", { component: of("VARCHAR") }))] });
    const map = of("MAP", { key: of("VARCHAR", { nullable: false }), value: of("INTEGER") });
    const table = await read(
      [of("ARRAY", { component: of("INTEGER") }), point, map],
      [
        [[1, null], [7n, ["a", null]], [["k", 1]]],
        [null, null, null],
        [[], [null, null], [["l", null]]],
      ],
      [[[3], [9n, []], []]],
    );
    expect(table.numRows).toBe(4);
    expect(JSON.parse(JSON.stringify(table.toArray(), (_, value: unknown) => (typeof value === "bigint" ? String(value) : value)))).toEqual(
      [
        { c0: [1, null], c1: { x: "7", tags: ["a", null] }, c2: { k: 1 } },
        { c0: null, c1: null, c2: null },
        { c0: [], c1: { x: null, tags: null }, c2: { l: null } },
        { c0: [3], c1: { x: "9", tags: [] }, c2: {} },
      ],
    );
  });

  test("of no rows still tells the columns", async () => {
    const table = await read([of("INTEGER"), of("VARCHAR")]);
    expect(table.numRows).toBe(0);
    expect(table.schema.names).toEqual(["c0", "c1"]);
  });

  test("refuses an interval that Arrow cannot hold", async () => {
    const long = { months: 0, days: 0, micros: 2n ** 62n };
    await expect(read([of("INTERVAL_DAY")], [[long]])).rejects.toThrow(/too long for Arrow/);
  });
});
