import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { EngineError, type Engine, type Row, type Value } from "@headgate/engine";
import { queryRows, snapshotOf, start, rowText } from "./model.ts";

const samples: readonly (readonly [type: string, values: readonly Value[]])[] = [
  ["BOOLEAN", [true, false]],
  ["TINYINT", [-128, 127]],
  ["SMALLINT", [-32768, 32767]],
  ["INTEGER", [-2147483648, 2147483647]],
  ["BIGINT", [-(2n ** 63n), 2n ** 63n - 1n, 9007199254740993n]],
  ["UTINYINT", [0, 255]],
  ["USMALLINT", [65535]],
  ["UINTEGER", [4294967295]],
  ["UBIGINT", [2n ** 64n - 1n]],
  ["REAL", [Math.fround(0.1), Infinity, NaN]],
  ["DOUBLE", [0.1, -Infinity, NaN, 5e-324, 1.7976931348623157e308]],
  ["DECIMAL(4,2)", [-9999n, 9999n]],
  ["DECIMAL(9,2)", [999999999n]],
  ["DECIMAL(18,3)", [-999999999999999999n]],
  ["DECIMAL(38,10)", [10n ** 38n - 1n, 1n - 10n ** 38n]],
  ["CHAR(3)", ["abc"]],
  [
    "VARCHAR",
    [
      "",
      "exactly12chr",
      "thirteen chars",
      "é😀",
      "nul\0inside",
      "\ufeffmarked",
      "\ufeff\ufeffmarked twice and longer than a slot",
      "a'b\"c\n",
    ],
  ],
  ["VARBINARY", [Uint8Array.of(), Uint8Array.of(0, 255, 1), new Uint8Array(40).fill(7)]],
  ["DATE", [0, -719528, 2932896]],
  ["TIME", [0n, 86_399_999_999n]],
  ["TIMESTAMP", [0n, -62135596800000000n, 253402300799999999n]],
  ["TIMESTAMP WITH TIME ZONE", [1_600_000_000_123_456n]],
  ["INTERVAL DAY TO SECOND", [{ months: 14, days: -3, micros: 5n }]],
  ["UUID", ["00000000-0000-0000-0000-000000000000", "ffffffff-ffff-4fff-bfff-ffffffffffff"]],
  ["VARIANT", ['{"a":[1,2,{"b":null}]}', "1"]],
  ["INT ARRAY", [[], [1, null, 3]]],
  ["VARCHAR ARRAY ARRAY", [[["a"], [], null]]],
  [
    'ROW(a INT, "B c" VARCHAR, e DECIMAL(5,2) ARRAY)',
    [
      [1, "x", [150n, null]],
      [null, null, null],
    ],
  ],
  [
    "MAP<VARCHAR, BIGINT>",
    [
      [],
      [
        ["k", 1n],
        ["l", null],
      ],
    ],
  ],
  ["MAP<INT, ROW(x DATE)>", [[[1, [5]]]]],
];

/** Values that do not fit their column. */
const wrong: readonly (readonly [type: string, value: Value])[] = [
  ["TINYINT", 128],
  ["INTEGER", 1.5],
  ["INTEGER", "1"],
  ["BIGINT", 2n ** 63n],
  ["BIGINT", 1],
  ["UBIGINT", -1n],
  ["DECIMAL(4,2)", 10000n],
  ["DECIMAL(18,2)", 10n ** 18n],
  ["DECIMAL(38,2)", 10n ** 38n],
  ["VARCHAR", 1],
  ["UUID", "nonsense"],
  ["DATE", 2 ** 31],
  ["TIME", -1n],
  ["BOOLEAN", 1],
  ["INT ARRAY", 1],
  ["INT NOT NULL", null],
];

let engine: Engine;
beforeAll(async () => {
  const tables = samples.map(
    ([type], i) => `CREATE TABLE t${i} (n INT, x ${type}) WITH ('materialized' = 'true');
      CREATE MATERIALIZED VIEW v${i} AS SELECT x, n FROM t${i};`,
  );
  engine = await start([...tables, ...wrong.map(([type], i) => `CREATE TABLE w${i} (good INT, x ${type});`)].join("\n"));
});
afterAll(async () => {
  await engine.close();
});

test.each(samples.map(([type, values], i) => [type, values, `t${i}`, `v${i}`] as const))(
  "%s values go in and come out unchanged, also as NULL, through deltas, snapshots, views and queries",
  async (_, values, table, view) => {
    const rows: Row[] = [...values, null].map((value, i) => [i, value]);
    const expected = rows.map(rowText).sort();
    const { deltas } = await engine.step({
      changes: new Map([[table, [{ rows, ops: undefined }]]]),
      watch: new Set([table, view]),
    });
    expect(
      deltas
        .get(table)!
        .map(([row]) => rowText(row))
        .sort(),
    ).toEqual(expected);
    expect(
      deltas
        .get(view)!
        .map(([[x, n]]) => rowText([n!, x!]))
        .sort(),
    ).toEqual(expected);
    expect([...(await snapshotOf(engine, table)).bag.keys()].sort()).toEqual(expected);
    const found = await queryRows(engine, `SELECT n, x FROM ${table} ORDER BY n`);
    expect(found.map(rowText)).toEqual(rows.map(rowText));
    // Every row is found again as itself.
    const ops = new Uint8Array(found.length).fill(1);
    const removed = await engine.step({ changes: new Map([[table, [{ rows: found, ops }]]]), watch: new Set([view]) });
    expect(removed.deltas.get(view)).toHaveLength(rows.length);
    expect((await snapshotOf(engine, table)).records).toBe(0);
  },
);

test.each(wrong.map(([type, value], i) => [type, value, `w${i}`] as const))(
  "a %s column refuses %p by name and the step leaves nothing behind",
  async (_, value, table) => {
    const { step } = await engine.step({ changes: new Map(), watch: new Set() });
    const failing = engine.step({ changes: new Map([[table, [{ rows: [[1, value]], ops: undefined }]]]), watch: new Set() });
    await expect(failing).rejects.toThrow(EngineError);
    await expect(failing).rejects.toMatchObject({
      code: "runtime",
      message: expect.stringContaining(`Table '${table}', column 'x'`),
    });
    const after = await engine.step({ changes: new Map(), watch: new Set([table]) });
    expect(after).toEqual({ step: step + 1, deltas: new Map() });
  },
);
