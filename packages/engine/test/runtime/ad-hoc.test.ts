import { access, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { Engine } from "@headgate/engine";
import { queryRows, start } from "./model.ts";

let engine: Engine;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "headgate-engine-"));
  engine = await start(
    `CREATE TABLE t (id INT PRIMARY KEY, "Name" VARCHAR NOT NULL DEFAULT 'none', d DECIMAL(10,2) DEFAULT 1.5);
     CREATE TABLE hidden (a INT);
     CREATE MATERIALIZED VIEW v AS SELECT id, "Name" FROM t;
     CREATE VIEW w AS SELECT a FROM hidden;`,
    { kind: "directory", path: folder },
  );
  const rows = [
    [1, "a", 100n],
    [2, "b", null],
  ];
  await engine.step({ changes: new Map([["t", [{ rows, ops: undefined }]]]), watch: new Set() });
});
afterAll(async () => {
  await engine.close();
  await rm(folder, { recursive: true });
});

test("a query gives rows with the dialect's types", async () => {
  const { result, inserts } = await engine.query(
    `SELECT id, "Name" AS who, sum(d) OVER () AS s, 1::HUGEINT AS h, 'x'::ENUM('x') AS e, [1] AS l FROM T ORDER BY 1; `,
  );
  expect(inserts).toEqual([]);
  expect(result!.columns.map((column) => [column.name, column.columnType.type, column.columnType.precision])).toEqual([
    ["id", "INTEGER", undefined],
    ["who", "VARCHAR", -1],
    ["s", "DECIMAL", 38],
    ["h", "BIGINT", undefined],
    ["e", "VARCHAR", -1],
    ["l", "ARRAY", undefined],
  ]);
  const rows = [];
  for await (const chunk of result!.rows()) rows.push(...chunk);
  expect(rows).toEqual([
    [1, "a", 100n, 1n, "x", [1]],
    [2, "b", 100n, 1n, "x", [1]],
  ]);
});

test("a query that fails after it has given rows ends with the reason, not like one that is done", async () => {
  const { result } = await engine.query(
    "SELECT i, CASE WHEN i = 290000 THEN CAST('boom' || i AS INT) ELSE 1 END AS x FROM range(300000) AS r(i)",
  );
  let rows = 0;
  const read = async (): Promise<void> => {
    for await (const chunk of result!.rows()) rows += chunk.length;
  };
  await expect(read()).rejects.toThrow(/Conversion Error: .*boom290000/);
  expect(rows).toBeGreaterThan(0);
});

test("a sum of integers is a BIGINT with every digit, and one that does not fit is an error", async () => {
  const wide = "SELECT sum(x) FROM (VALUES (9007199254740993::BIGINT), (2::BIGINT)) AS t(x)";
  expect(await queryRows(engine, wide)).toEqual([[9007199254740995n]]);
  const tooWide = "SELECT sum(x) FROM (VALUES (9223372036854775807), (1)) AS t(x)";
  await expect(queryRows(engine, tooWide)).rejects.toMatchObject({
    code: "ad_hoc_query",
    message: expect.stringMatching(/9223372036854775808.*out of range/),
  });
});

test("a row without field names comes as a row", async () => {
  expect(await queryRows(engine, "SELECT (id, 'x') FROM t WHERE id = 1")).toEqual([[[1, "x"]]]);
});

test("now() and random() are for ad-hoc queries", async () => {
  expect(await queryRows(engine, "SELECT now() IS NOT NULL, random() < 2, current_date IS NOT NULL")).toEqual([[true, true, true]]);
});

test("large results come in bounded chunks and can be left early", async () => {
  const { result } = await engine.query("SELECT * FROM range(1000000)");
  let rows = 0;
  for await (const chunk of result!.rows()) {
    expect(chunk.length).toBeLessThanOrEqual(2048);
    rows += chunk.length;
    if (rows > 10_000) break;
  }
  expect(await queryRows(engine, "SELECT count(*) FROM range(1000000)")).toEqual([[1_000_000n]]);
});

describe("INSERT", () => {
  test("gives rows in the table's types, with defaults and NULLs for what is left out", async () => {
    const { result, inserts } = await engine.query(
      `INSERT INTO T (ID, "Name") SELECT id + 10, upper("Name") FROM v ORDER BY id; INSERT INTO t (id) VALUES (9); INSERT INTO hidden VALUES ('7'), (NULL)`,
    );
    expect(inserts).toEqual([
      { table: "t", batch: { rows: [[11, "A", 150n], [12, "B", 150n]], ops: undefined } }, // prettier-ignore
      { table: "t", batch: { rows: [[9, "none", 150n]], ops: undefined } },
      { table: "hidden", batch: { rows: [[7], [null]], ops: undefined } },
    ]);
    const counted = [];
    for await (const chunk of result!.rows()) counted.push(...chunk);
    expect(counted).toEqual([[2n]]);
    expect(result!.columns).toMatchObject([{ name: "count", columnType: { type: "BIGINT" } }]);
  });

  test("is not seen by a later SELECT of the same request", async () => {
    const { result, inserts } = await engine.query("INSERT INTO t (id) VALUES (5); SELECT count(*) FROM t");
    const rows = [];
    for await (const chunk of result!.rows()) rows.push(...chunk);
    expect([rows, inserts.length]).toEqual([[[2n]], 1]);
  });

  test.each([
    ['INSERT INTO t (id, "Name") VALUES (1, NULL)', "'Name'"],
    ["INSERT INTO t VALUES (1)", "expects 3 values"],
    ["INSERT INTO t (id, nope) VALUES (1, 2)", "no column 'nope'"],
    ["INSERT INTO t (id, id) VALUES (1, 2)", "twice"],
    ["INSERT INTO nope VALUES (1)", "No table 'nope'"],
    ["INSERT INTO v VALUES (1, 'x')", "No table 'v'"],
    ["INSERT INTO t (id) VALUES ('x')", "Could not convert"],
    ["INSERT INTO t (id) VALUES (DEFAULT)", "DEFAULT"],
    ["INSERT INTO t (id) SELECT a FROM hidden", "not materialized"],
    ["INSERT OR REPLACE INTO t (id) VALUES (1)", "INTO"],
    ["INSERT INTO t (id) VALUES (1) ON CONFLICT DO NOTHING", "syntax error"],
    ["INSERT INTO t (id) VALUES (1) RETURNING id", "syntax error"],
  ])("%s is refused", async (sql, words) => {
    await expect(engine.query(sql)).rejects.toMatchObject({ code: "ad_hoc_query", message: expect.stringContaining(words) });
  });
});

describe("what reaches out of the program is refused:", () => {
  test.each([
    "SELECT * FROM read_text('/etc/passwd')",
    "SELECT * FROM '/etc/passwd'",
    'SELECT * FROM "/etc/passwd"',
    "SELECT content FROM read_blob('/etc/*')",
    "SELECT * FROM glob('/*')",
    "SELECT * FROM read_csv_auto('/etc/passwd')",
    "SELECT * FROM read_json('/etc/passwd')",
    "SELECT * FROM parquet_metadata('x')",
    "SELECT * FROM (SELECT * FROM read_text('/etc/passwd'))",
    "WITH x AS (SELECT * FROM read_text('/etc/passwd')) SELECT 1",
    "SELECT (SELECT content FROM read_text('/etc/passwd'))",
    "SELECT 1 WHERE EXISTS (FROM '/etc/passwd')",
    "FROM range(1) UNION ALL FROM '/etc/passwd'",
    "SELECT * FROM query('SELECT * FROM hidden')",
    "SELECT * FROM query_table('hidden')",
    "SELECT getenv('HOME')",
    "SELECT getvariable('x')",
    "SELECT current_setting('memory_limit')",
    "SELECT * FROM duckdb_settings()",
    "SELECT * FROM duckdb_secrets()",
    "SELECT * FROM pragma_database_size()",
    "SELECT * FROM information_schema.tables",
    "SELECT * FROM pg_catalog.pg_tables",
    "SELECT * FROM sqlite_master",
    "SELECT * FROM store.main.hidden",
    "SELECT * FROM main.hidden",
    "SELECT * FROM headgate.step",
    "SELECT * FROM temp.main.feldera_delta_0",
    "SELECT * FROM feldera_delta_0",
    "SELECT * FROM hidden",
    "SELECT * FROM w",
    "SELECT * FROM t, w",
    "SELECT rowid FROM t",
    "SELECT json_execute_serialized_sql('x')",
    "FROM json_execute_serialized_sql(json_serialize_sql('SELECT 1'))",
    "DESCRIBE t",
    "SHOW TABLES",
    "SELECT * FROM (DESCRIBE hidden)",
    "SUMMARIZE hidden",
    "PRAGMA version",
    "CALL pragma_version()",
    "SET threads = 1",
    "RESET threads",
    "COPY t TO '/tmp/x'",
    "COPY (SELECT 1) TO '/tmp/x'",
    "EXPORT DATABASE '/tmp/x'",
    "ATTACH '/tmp/x'",
    "DETACH store",
    "USE memory",
    "LOAD httpfs",
    "INSTALL httpfs",
    "CREATE TABLE x (a INT)",
    "CREATE MACRO m() AS 1",
    "DROP TABLE t",
    "UPDATE t SET id = 1",
    "DELETE FROM t",
    "TRUNCATE t",
    "CHECKPOINT",
    "VACUUM",
    "BEGIN",
    "COMMIT",
    "EXPLAIN ANALYZE SELECT 1",
    "PREPARE p AS SELECT 1",
    "EXECUTE p",
    "SELECT nextval('s')",
    "SELECT $1",
    "SELECT $$a$$",
    "SELECT 1 /* open",
    "SELECT write_log('x')",
    "SELECT 1; SELECT 2",
    "SELECT 1) TO '/tmp/x' (FORMAT csv); COPY (SELECT 1",
    "PIVOT t ON id USING count(*)",
  ])("%s", async (sql) => {
    const attempt = engine.query(sql).then(async ({ result }) => {
      for await (const _ of result?.rows() ?? []);
    });
    await expect(attempt).rejects.toMatchObject({ name: "EngineError", code: "ad_hoc_query" });
    const file = join(folder, "out.parquet");
    await expect(engine.queryToParquet(sql, file)).rejects.toMatchObject({ code: "ad_hoc_query" });
    await expect(access(file)).rejects.toThrow();
  });
});

test("a mistake is told in DuckDB's words, without its excerpt", async () => {
  await expect(engine.query("SELECT nocol FROM t")).rejects.toMatchObject({
    message: expect.stringMatching(/Referenced column "nocol" not found/),
  });
  await expect(engine.query("SELECT nocol FROM t")).rejects.not.toMatchObject({ message: expect.stringContaining("LINE 1") });
});

test("a fault on data while rows are read is an ad-hoc error", async () => {
  await expect(queryRows(engine, `SELECT CAST("Name" AS INT) FROM t`)).rejects.toMatchObject({ code: "ad_hoc_query" });
});

test("a signal cancels a running query, and one that was aborted before never starts", async () => {
  const controller = new AbortController();
  const slow = engine.query("SELECT count(*) FROM range(100000000) a, range(100000) b WHERE a.range % 7 = b.range", {
    signal: controller.signal,
  });
  const read = slow.then(async ({ result }) => {
    for await (const _ of result!.rows());
  });
  controller.abort();
  await expect(read).rejects.toMatchObject({ code: "ad_hoc_query", message: "The query was cancelled" });
  await expect(engine.query("SELECT 1", { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: "ad_hoc_query" });
  expect(await queryRows(engine, "SELECT 1")).toEqual([[1]]);
});

test("an abort while rows are being read ends them", async () => {
  const controller = new AbortController();
  const { result } = await engine.query("SELECT * FROM range(1000000000000)", {
    signal: controller.signal,
  });
  const chunks = result!.rows()[Symbol.asyncIterator]();
  expect((await chunks.next()).done).toBe(false);
  const rows = (async () => {
    while ((await chunks.next()).done !== true);
  })();
  controller.abort();
  await expect(rows).rejects.toMatchObject({ message: "The query was cancelled" });
});

test("Parquet holds the query's columns, types and rows", async () => {
  const file = join(folder, "result.parquet");
  await engine.queryToParquet(`SELECT id, "Name" AS "Name", d FROM t ORDER BY id -- done`, file);
  const { DuckDBInstance } = await import("@duckdb/node-api");
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  const reader = await connection.runAndReadAll(`SELECT * FROM '${file}'`);
  expect(reader.columnNames()).toEqual(["id", "Name", "d"]);
  expect(reader.columnTypes().map(String)).toEqual(["INTEGER", "VARCHAR", "DECIMAL(10,2)"]);
  expect(reader.getRowsJson()).toEqual([
    [1, "a", "1.00"],
    [2, "b", null],
  ]);
  instance.closeSync();
});
