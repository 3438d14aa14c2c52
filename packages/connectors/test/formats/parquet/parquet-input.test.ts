import { createHash } from "node:crypto";
import { mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { DuckDBInstance } from "@duckdb/node-api";
import { inputFormats } from "../../../src/formats/format-registry.ts";
import { column, parse, required, table, type, type Parsed } from "../support.ts";

let folder = "";
let scratchDirectory = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "headgate-parquet-"));
  scratchDirectory = join(folder, "scratch");
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function parquet(query: string): Promise<Buffer> {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  const path = join(folder, "made.parquet");
  await connection.run(`COPY (${query}) TO '${path}' (FORMAT parquet)`);
  connection.closeSync();
  instance.closeSync();
  return readFile(path);
}
function read(schema: ReturnType<typeof table>, ...pieces: Uint8Array[]): Promise<Parsed> {
  return parse({ format: "parquet", schema, scratchDirectory }, ...pieces);
}

test("columns are matched by name, missing ones are NULL or their default, others are ignored", async () => {
  const bytes = await parquet(`SELECT 1 AS "ID", 'x' AS "Quoted", 5 AS extra`);
  const schema = table([
    required("id", "BIGINT"),
    column("Quoted", "VARCHAR", { caseSensitive: true }),
    column("gone", "DATE"),
    required("filled", "INTEGER", { default: "2 * 3" }),
  ]);
  const parsed = await read(schema, bytes.subarray(0, 100), bytes.subarray(100));
  expect(parsed).toMatchObject({ rows: [[1n, "x", null, 6]], errors: [], bytes: bytes.length });
  expect(await readdir(scratchDirectory)).toEqual([]);
});

test("every type comes out in its canonical form", async () => {
  const bytes = await parquet(`SELECT true AS b, 9007199254740993 AS i, 0.1::FLOAT AS r, 12.34::DECIMAL(10,2) AS d, DATE '1969-12-31' AS dt,
    TIME '00:00:00.000001' AS t, TIMESTAMP '2024-02-25 12:12:33.5' AS ts, TIMESTAMPTZ '2024-02-25 12:12:33+00' AS tz, '\\x01\\xFF'::BLOB AS bin,
    '550e8400-e29b-41d4-a716-446655440000'::UUID AS u, [1, NULL] AS a, {'x': 1.5::DECIMAL(4,1), 'y': 'z'} AS s, MAP {'k': true} AS m,
    '{"b":1,"a":[]}'::JSON AS v`);
  const noon = 1_708_863_153_000_000n;
  const fields = [
    column("b", "BOOLEAN"),
    column("i", "BIGINT"),
    column("r", "REAL"),
    column("d", type("DECIMAL", { precision: 10, scale: 2 })),
    column("dt", "DATE"),
    column("t", "TIME"),
    column("ts", "TIMESTAMP"),
    column("tz", "TIMESTAMP_TZ"),
    column("bin", "VARBINARY"),
    column("u", "UUID"),
    column("a", type("ARRAY", { component: type("BIGINT") })),
    column("s", type("STRUCT", { fields: [column("x", type("DECIMAL", { precision: 4, scale: 1 })), column("y", "VARCHAR")] })),
    column("m", type("MAP", { key: type("VARCHAR"), value: type("BOOLEAN") })),
    column("v", "VARIANT"),
  ];
  const { rows, errors } = await read(table(fields), bytes);
  expect(errors).toEqual([]);
  expect(rows).toEqual([
    [
      true,
      9007199254740993n,
      Math.fround(0.1),
      1234n,
      -1,
      1n,
      noon + 500_000n,
      noon,
      Uint8Array.of(1, 255),
      "550e8400-e29b-41d4-a716-446655440000",
      [1n, null],
      [15n, "z"],
      [["k", true]],
      '{"a":[],"b":1}',
    ],
  ]);
});

test("rows that do not fit the table are errors with their number, and the others are kept", async () => {
  const bytes = await parquet(
    "SELECT CASE WHEN i = 2 THEN 300 ELSE i END AS i, CASE WHEN i = 3 THEN NULL ELSE 'x' END AS s FROM range(1, 5) t(i)",
  );
  const { rows, errors } = await read(table([column("i", "TINYINT"), required("s", "VARCHAR")]), bytes);
  expect(rows).toEqual([
    [1, "x"],
    [4, "x"],
  ]);
  expect(errors.map((error) => [error.eventNumber, error.field, error.invalidText])).toEqual([
    [2, "i", "300"],
    [3, "s", undefined],
  ]);
  expect(errors[0]?.description).toMatch(/expected a value of type TINYINT, found "300"/);
});

test("a file that is damaged, or lacks a required column, is one clear error", async () => {
  const bytes = await parquet("SELECT 1 AS a");
  for (const damaged of [Buffer.from("not parquet"), bytes.subarray(0, bytes.length - 3), Buffer.alloc(100)]) {
    const parsed = await read(table([column("a", "INTEGER")]), damaged);
    expect(parsed).toMatchObject({ rows: [], bytes: damaged.length });
    expect(parsed.errors).toHaveLength(1);
    expect(parsed.errors[0]?.description).toMatch(/failed to read the input as a Parquet file/);
    expect(parsed.errors[0]?.description).not.toContain(folder);
  }
  const lacking = await read(table([required("b", "INTEGER")]), bytes);
  expect(lacking.errors).toEqual([expect.objectContaining({ field: "b", description: expect.stringMatching(/no column for "b"/) })]);
  expect((await read(table([column("a", "INTEGER")]))).errors).toEqual([]);
});

test("the parser can be closed in the middle, and leaves no file", async () => {
  const schema = table([column("i", "BIGINT")]);
  const bytes = await parquet("SELECT i FROM range(10000) t(i)");
  const parser = inputFormats.get("parquet")?.createParser({}, schema, { scratchDirectory });
  for await (const _ of parser?.push(bytes) ?? []) expect(_).toBeUndefined();
  for await (const { batch } of parser?.finish() ?? []) {
    expect(batch.rows.length).toBeGreaterThan(0);
    break;
  }
  await parser?.close?.();
  expect(await readdir(scratchDirectory)).toEqual([]);
});

test("configuration is refused, as there is none", () => {
  expect(() => inputFormats.get("parquet")?.parseConfig({ x: 1 }, table([]))).toThrow(/unknown field "x"; it takes no fields/);
});

test("real flights are read in order, in bounded batches, and their bytes are all accounted for", async () => {
  const source = join(process.cwd(), "node_modules/vega-datasets/data/flights-3m.parquet");
  const bytes = await parquet(`SELECT * FROM '${source}' LIMIT 200000`);
  const fields = [
    column("date", "TIMESTAMP"),
    column("delay", "BIGINT"),
    column("distance", "INTEGER"),
    column("origin", "VARCHAR"),
    column("destination", "VARCHAR"),
  ];
  const parser = inputFormats.get("parquet")?.createParser({}, table(fields), { scratchDirectory });
  for await (const _ of parser?.push(bytes) ?? []) expect(_).toBeUndefined();
  const sizes: number[] = [];
  const hash = createHash("sha256");
  let seen = 0;
  const start = performance.now();
  for await (const { batch, bytes: share } of parser?.finish() ?? []) {
    sizes.push(batch.rows.length);
    seen += share;
    for (const row of batch.rows) hash.update(row.join());
  }
  console.log(`parquet: ${Math.round(200_000 / (performance.now() - start))} thousand rows a second`);
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  const expected = createHash("sha256");
  const query = `SELECT epoch_us(date), delay, distance, origin, destination FROM '${source}' LIMIT 200000`;
  for (const row of (await connection.runAndReadAll(query)).getRows()) expected.update(row.join());
  connection.closeSync();
  instance.closeSync();
  expect(hash.digest("hex")).toBe(expected.digest("hex"));
  expect([seen, Math.max(...sizes) <= 4096]).toEqual([bytes.length, true]);
}, 120_000);

test("a file that is damaged in its middle gives the rows before it and an error, not fewer rows in silence", async () => {
  const bytes = await parquet("SELECT i AS id, 'row ' || i AS name FROM range(200000) AS r(i)");
  const damaged = Buffer.from(bytes);
  damaged.fill(0xee, Math.floor(bytes.length * 0.6), Math.floor(bytes.length * 0.9));
  const { errors, rows } = await read(table([column("id", "BIGINT"), column("name", "VARCHAR")]), damaged);
  expect(rows.length).toBeLessThan(200_000);
  expect(errors).toHaveLength(1);
});
