import { describe, expect, test } from "@jest/globals";
import type { InputTransport } from "@headgate/connector-kit";
import { contentOf, inputSuite, ManualClock } from "@headgate/connector-kit/acceptance";
import type { Field, Row } from "@headgate/engine";
import { createDatagen, datagen } from "../../../src/transports/datagen/datagen.ts";
import { textStrategies } from "../../../src/transports/datagen/text-strategies.ts";
import { column, inputContext, never, schemaOf } from "../contexts.ts";

const id = column("id", { type: "INTEGER" });
const several = [
  column("id", { type: "BIGINT" }),
  column("name", { type: "VARCHAR", nullable: true }),
  column("price", { type: "DECIMAL", precision: 10, scale: 2 }),
  column("at", { type: "TIMESTAMP" }),
];
const severalPlan = {
  seed: 7,
  plan: [
    {
      limit: 300,
      worker_chunk_size: 70,
      fields: { name: { strategy: "name", null_percentage: 20 }, price: { strategy: "uniform", range: [1, 10] } },
    },
    { limit: 100, fields: { id: { strategy: "zipf", range: [0, 50] } } },
  ],
};

async function generate(config: unknown, ...fields: readonly Field[]): Promise<{ rows: Row[]; bytes: number; chunks: number[] }> {
  const input = datagen.create(datagen.parseConfig(config), inputContext(schemaOf(...fields)));
  await input.open(never());
  const made = { rows: [] as Row[], bytes: 0, chunks: [] as number[] };
  for (;;) {
    const chunk = await input.read(never());
    if (chunk === undefined) break;
    if (chunk.kind !== "changes") throw new Error("datagen gives changes");
    made.rows.push(...(chunk.batch.rows as Row[]));
    made.bytes += chunk.bytes;
    made.chunks.push(chunk.batch.rows.length);
  }
  await input.close();
  return made;
}

const valuesOf = async (type: Parameters<typeof column>[1], settings: unknown, limit: number, seed = 1): Promise<unknown[]> =>
  (await generate({ seed, plan: [{ limit, fields: { c: settings } }] }, column("c", type))).rows.map(([value]) => value);
const errorOf = async (config: unknown, ...fields: readonly Field[]): Promise<string> => {
  const error = await generate(config, ...(fields.length === 0 ? [id] : fields)).catch((e: unknown) => e);
  expect(error).toMatchObject({ code: "invalid_config" });
  return (error as Error).message;
};

const reference = await generate(severalPlan, ...several);
inputSuite(
  { test },
  {
    definition: datagen,
    goodConfig: {},
    badConfigs: [
      { config: { plan: {} }, names: ["plan", "a list", "an object"] },
      { config: { plan: [{ limt: 1 }] }, names: ["plan[0].limt", "did you mean", "limit", "rate", "worker_chunk_size", "fields"] },
      {
        config: { plan: [{ fields: { a: { strategi: "uniform" } } }] },
        names: ["plan[0].fields.a.strategi", "strategy", "null_percentage"],
      },
      { config: { plan: [{ fields: { a: { strategy: "emial" } } }] }, names: ["plan[0].fields.a.strategy", "emial", "email"] },
      { config: { plan: [{ fields: { a: { value: { key: { x: 1 } } } } }] }, names: ["plan[0].fields.a.value.key.x"] },
      { config: { plan: [{ rate: 0 }] }, names: ["plan[0].rate", "at least 1", "0"] },
      { config: { plan: [{ fields: { a: { range: [1] } } }] }, names: ["plan[0].fields.a.range", "two bounds"] },
      { config: { plan: [{ fields: { a: { null_percentage: 101 } } }] }, names: ["null_percentage", "0 to 100", "101"] },
      { config: { transaction_size: 10 }, names: ["transaction_size", "transactions"] },
    ],
    prepare: async () => ({
      config: severalPlan,
      context: inputContext(schemaOf(...several)),
      content: contentOf([{ kind: "changes", batch: { rows: reference.rows, ops: undefined }, bytes: 0 }]),
      close: async () => undefined,
    }),
  },
);

describe("datagen", () => {
  test("counts 8 bytes for a row of one INTEGER, and a text by its length", async () => {
    expect(await generate({ plan: [{ limit: 5 }] }, id)).toMatchObject({ bytes: 40, rows: [[0], [1], [2], [3], [4]] });
    expect(
      (await generate({ plan: [{ limit: 3, fields: { s: { values: ["ab", "c"] } } }] }, id, column("s", { type: "VARCHAR" }))).bytes,
    ).toBe(29);
  });

  test("increments every type when nothing is configured", async () => {
    const fields = [
      column("symbol", { type: "VARCHAR" }),
      column("b", { type: "BOOLEAN" }),
      column("t", { type: "BIGINT" }),
      column("price", { type: "DECIMAL", precision: 38, scale: 2 }),
      column("x", { type: "DOUBLE" }),
      column("d", { type: "DATE" }),
      column("ts", { type: "TIMESTAMP" }),
      column("u", { type: "UUID" }),
    ];
    expect((await generate({ plan: [{ limit: 3 }] }, ...fields)).rows).toEqual([
      ["0", false, 0n, 0n, 0, 0, 0n, "00000000-0000-0000-0000-000000000000"],
      ["1", true, 1n, 100n, 1, 1, 1000n, "00000000-0000-0000-0000-000000000001"],
      ["2", false, 2n, 200n, 2, 2, 2000n, "00000000-0000-0000-0000-000000000002"],
    ]);
  });

  test("is endless without a plan", async () => {
    const input = datagen.create(datagen.parseConfig({}), inputContext(schemaOf(id)));
    await input.open(never());
    for (let i = 0; i < 5; i += 1) expect((await input.read(never()))?.kind).toBe("changes");
    await input.close();
  });

  test("gives the same rows for the same seed, and others for another", async () => {
    expect((await generate(severalPlan, ...several)).rows).toEqual(reference.rows);
    expect((await generate({ ...severalPlan, seed: 8 }, ...several)).rows).not.toEqual(reference.rows);
    expect(reference.rows).toHaveLength(400);
    const [a, b] = await Promise.all([generate(severalPlan, ...several), generate(severalPlan, ...several)]);
    expect(a.rows).toEqual(b.rows);
  });

  test("wraps increments within the range, with the scale, in days and milliseconds", async () => {
    const plan = {
      limit: 3,
      fields: {
        ts: { range: ["2024-08-28T00:00:00Z", "2024-08-28T00:00:02Z"], scale: 1000 },
        dt: { range: ["2024-08-28", "2024-08-30"] },
        t: { range: ["00:00:05", "00:00:07"], scale: 1000 },
        n: { range: [10, 13], scale: -1 },
      },
    };
    const fields = [
      column("ts", { type: "TIMESTAMP" }),
      column("dt", { type: "DATE" }),
      column("t", { type: "TIME" }),
      column("n", { type: "TINYINT" }),
    ];
    const start = BigInt(Date.UTC(2024, 7, 28)) * 1000n;
    expect((await generate({ plan: [plan] }, ...fields)).rows).toEqual([
      [start, 19_963, 5_000_000n, 10],
      [start + 1_000_000n, 19_964, 6_000_000n, 12],
      [start, 19_963, 5_000_000n, 11],
    ]);
  });

  test("is exact in BIGINTs beyond what numbers hold", async () => {
    expect(await valuesOf({ type: "BIGINT" }, { range: ["9223372036854775805", "9223372036854775808"] }, 4)).toEqual([
      9223372036854775805n,
      9223372036854775806n,
      9223372036854775807n,
      9223372036854775805n,
    ]);
    expect(await valuesOf({ type: "UBIGINT" }, { scale: 9007199254740991 }, 4)).toEqual(
      [0, 1, 2, 3].map((n) => BigInt(n) * 9007199254740991n),
    );
  });

  test.each([
    [{ type: "TINYINT" }, undefined, -128, 127],
    [{ type: "INTEGER" }, [-3, 4], -3, 3],
    [{ type: "UBIGINT" }, undefined, 0n, 2n ** 64n - 1n],
    [{ type: "DECIMAL", precision: 5, scale: 1 }, [-0.5, 2.5], -5n, 24n],
    [{ type: "DOUBLE" }, [0, 1], 0, 1],
    [{ type: "REAL" }, undefined, -3.5e38, 3.5e38],
    [{ type: "DATE" }, ["2024-02-28", "2024-03-02"], 19_781, 19_783],
  ] as const)("draws %j in %j evenly from within the range", async (type, range, from, to) => {
    const drawn = (await valuesOf(type, { strategy: "uniform", range }, 3000)) as (number | bigint)[];
    expect(drawn.every((value) => value >= from && value <= to)).toBe(true);
    if (range !== undefined && type.type !== "DOUBLE") {
      const seen = new Set(drawn);
      expect(seen.size).toBe(Number(BigInt(to) - BigInt(from)) + 1);
    } else {
      expect(new Set(drawn).size).toBeGreaterThan(200);
    }
  });

  test("multiplies uniform values by the scale", async () => {
    const drawn = (await valuesOf({ type: "INTEGER" }, { strategy: "uniform", range: [1, 4], scale: 10 }, 200)) as number[];
    expect([...new Set(drawn)].sort((a, b) => a - b)).toEqual([10, 20, 30]);
  });

  test("zipf prefers small ranks in the published proportion", async () => {
    for (const e of [1, 2, 0.5]) {
      const drawn = (await valuesOf({ type: "INTEGER" }, { strategy: "zipf", range: [5, 15], e }, 40_000)) as number[];
      const total = Array.from({ length: 10 }, (_, i) => (i + 1) ** -e).reduce((a, b) => a + b);
      for (let rank = 1; rank <= 10; rank += 1) {
        const share = drawn.filter((value) => value === 4 + rank).length / drawn.length;
        expect(Math.abs(share - rank ** -e / total)).toBeLessThan(0.012);
      }
    }
  });

  test("cycles through listed values, or draws from them", async () => {
    expect(await valuesOf({ type: "VARCHAR" }, { values: ["a", "b", "c"] }, 4)).toEqual(["a", "b", "c", "a"]);
    expect(new Set(await valuesOf({ type: "DATE" }, { values: ["1970-01-02", 5], strategy: "uniform" }, 100))).toEqual(new Set([1, 5]));
    expect(await valuesOf({ type: "DECIMAL", precision: 6, scale: 3 }, { values: [1.5, "-0.001"] }, 2)).toEqual([1500n, -1n]);
  });

  test("gives the wanted share of nulls", async () => {
    const drawn = await valuesOf({ type: "INTEGER", nullable: true }, { null_percentage: 30 }, 10_000);
    expect(Math.abs(drawn.filter((value) => value === null).length / 10_000 - 0.3)).toBeLessThan(0.03);
    expect(await valuesOf({ type: "INTEGER", nullable: true }, { null_percentage: 100 }, 2)).toEqual([null, null]);
  });

  test("fills arrays, maps, structs and bytes by their nested settings", async () => {
    const bytes = (await valuesOf(
      { type: "VARBINARY" },
      { range: [0, 5], value: { strategy: "uniform", range: [128, 256] } },
      6,
    )) as Uint8Array[];
    expect(bytes.map(({ length }) => length)).toEqual([0, 1, 2, 3, 4, 0]);
    expect(bytes.every((value) => value.every((byte) => byte >= 128))).toBe(true);
    const array = { type: "ARRAY", component: { type: "INTEGER", nullable: false } } as const;
    expect(await valuesOf(array, { range: [2, 4], value: { range: [7, 9] } }, 2)).toEqual([
      [7, 8],
      [7, 8, 7],
    ]);
    const map = { type: "MAP", key: { type: "VARCHAR", nullable: false }, value: { type: "INTEGER", nullable: false } } as const;
    expect(await valuesOf(map, { range: [3, 4], key: { values: ["x", "y"] } }, 1)).toEqual([
      [
        ["x", 2],
        ["y", 1],
      ],
    ]);
    const struct = { type: "STRUCT", fields: [column("a", { type: "INTEGER" }), column("b", { type: "VARCHAR" })] } as const;
    expect(await valuesOf(struct, { fields: { B: { values: ["q"] } } }, 2)).toEqual([
      [0, "q"],
      [1, "q"],
    ]);
  });

  test("knows every published text strategy, and each gives text", async () => {
    expect(textStrategies).toHaveLength(69);
    const fields = textStrategies.map((name) => column(name, { type: "VARCHAR" }));
    const settings = Object.fromEntries(textStrategies.map((strategy) => [strategy, { strategy, range: [1, 4] }]));
    const { rows } = await generate({ seed: 1, plan: [{ limit: 20, fields: settings }] }, ...fields);
    for (const row of rows) for (const value of row) expect(value).toEqual(expect.stringMatching(/./));
  });

  test("keeps texts within the column's length", async () => {
    for (const settings of [{ strategy: "paragraph" }, { strategy: "uniform" }, {}]) {
      const drawn = (await valuesOf({ type: "VARCHAR", precision: 2 }, settings, 300)) as string[];
      expect(drawn.every(({ length }) => length <= 2)).toBe(true);
    }
  });

  test("finds a quoted column by its exact name, others in any case", async () => {
    const quoted = { ...column("Id", { type: "INTEGER" }), caseSensitive: true };
    const plan = { limit: 1, fields: { Id: { range: [5, 6] }, ID: { range: [7, 8] } } };
    expect((await generate({ plan: [plan] }, id, quoted)).rows).toEqual([[7, 5]]);
  });

  test("says at opening what does not fit the table", async () => {
    const settings = (value: unknown): unknown => ({ plan: [{ fields: { id: value } }] });
    expect(await errorOf({ plan: [{ fields: { idd: {} } }] })).toBe('datagen: "plan[0].fields.idd" names no column; the columns are "id".');
    expect(await errorOf(settings({ strategy: "email" }))).toContain('"email" gives text, but the column is INTEGER');
    expect(await errorOf(settings({ range: [5, 5] }))).toContain("is empty");
    expect(await errorOf(settings({ range: [0, 3e9] }))).toContain("does not fit the column's type");
    expect(await errorOf(settings({ range: ["a", "b"] }))).toContain(
      '"plan[0].fields.id.range[0]" must be a whole number, but is the string "a"',
    );
    expect(await errorOf(settings({ values: [1, "x"] }))).toContain('"plan[0].fields.id.values[1]" must be a whole number');
    expect(await errorOf(settings({ null_percentage: 5 }))).toContain("NOT NULL");
    expect(await errorOf(settings({ strategy: "uniform", scale: 1e9, range: [0, 10] }))).toContain("out of the column's type");
    expect(await errorOf(settings({ fields: {} }))).toContain("structured type only");
    expect(await errorOf({ plan: [{ fields: { d: { range: ["2024-02-30", "2024-03-01"] } } }] }, column("d", { type: "DATE" }))).toContain(
      "a date",
    );
  });
});

describe("datagen with a rate", () => {
  const setUp = async (plan: unknown): Promise<{ clock: ManualClock; input: InputTransport }> => {
    const clock = new ManualClock();
    const definition = createDatagen({ clock });
    const input = definition.create(definition.parseConfig({ plan: [plan] }), inputContext(schemaOf(id)));
    await input.open(never());
    return { clock, input };
  };
  const count = async (input: InputTransport): Promise<number | undefined> => {
    const chunk = await input.read(never());
    return chunk?.kind === "changes" ? chunk.batch.rows.length : undefined;
  };

  test("gives a portion at once and then one at each interval, without drift", async () => {
    const { clock, input } = await setUp({ rate: 1000, worker_chunk_size: 100, limit: 1000 });
    const arrivals: [at: number, rows: number][] = [];
    const reading = (async () => {
      for (let rows = await count(input); rows !== undefined; rows = await count(input)) arrivals.push([clock.now(), rows]);
    })();
    for (let i = 0; i < 400; i += 1) await clock.advance(3);
    await reading;
    expect(arrivals.map(([, rows]) => rows)).toEqual(Array.from({ length: 10 }, () => 100));
    // The test's clock moves in steps of 3 ms, which must not add up.
    for (const [i, [at]] of arrivals.entries()) expect(Math.abs(at - i * 100)).toBeLessThanOrEqual(6);
  });

  test("does not flood after a pause: at most a second is made up for", async () => {
    const { clock, input } = await setUp({ rate: 10, worker_chunk_size: 1 });
    await count(input);
    await clock.advance(60_000);
    let rows = 0;
    const pause = new AbortController();
    const reading = (async () => {
      for (;;) {
        const chunk = await input.read(pause.signal);
        rows += chunk?.kind === "changes" ? chunk.batch.rows.length : 0;
      }
    })().catch(() => undefined);
    await clock.advance(0);
    for (let i = 0; i < 50; i += 1) await clock.advance(0);
    pause.abort();
    await reading;
    expect(rows).toBeLessThanOrEqual(11);
    expect(rows).toBeGreaterThanOrEqual(10);
  });

  test("an aborted wait loses no row", async () => {
    const { clock, input } = await setUp({ rate: 1, limit: 3 });
    expect(await count(input)).toBe(1);
    const pause = new AbortController();
    const waiting = input.read(pause.signal);
    pause.abort(new Error("paused"));
    await expect(waiting).rejects.toThrow("paused");
    await clock.advance(1000);
    const chunk = await input.read(never());
    expect(chunk).toMatchObject({ batch: { rows: [[1]] } });
  });
});
