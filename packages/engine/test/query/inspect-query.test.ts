import { expect, test } from "@jest/globals";
import { DuckDBInstance } from "@duckdb/node-api";
import { faultFunctions, forbiddenFunctions, inspectQuery, volatileFunctions } from "../../src/query/inspect-query.ts";
import { parseSelect } from "../../src/query/parse-select.ts";

async function withDuckDB<T>(body: (run: (sql: string) => Promise<unknown>, rows: (sql: string) => Promise<unknown[][]>) => Promise<T>) {
  const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
  try {
    const connection = await instance.connect();
    return await body(
      (sql) => parseSelect(connection, sql),
      async (sql) => (await connection.runAndReadAll(sql)).getRows(),
    );
  } finally {
    instance.closeSync();
  }
}

test("every function that DuckDB calls volatile is known, so that an upgrade cannot add one unseen", async () => {
  await withDuckDB(async (_, rows) => {
    const found = await rows("SELECT DISTINCT function_name FROM duckdb_functions() WHERE stability <> 'CONSISTENT'");
    const known = new Set([...volatileFunctions, ...forbiddenFunctions, ...faultFunctions]);
    const unknown = found.map(([name]) => String(name)).filter((name) => !known.has(name));
    expect(unknown).toEqual([]);
  });
});

test("no macro of DuckDB hides a function or a catalog that a query may not reach", async () => {
  await withDuckDB(async (_, rows) => {
    const macros = await rows("SELECT function_name, macro_definition FROM duckdb_functions() WHERE function_type = 'macro'");
    const hiding = macros.filter(([name, definition]) => {
      const words = new Set(
        String(definition)
          .toLowerCase()
          .match(/[a-z_]+/g),
      );
      return !forbiddenFunctions.has(String(name)) && [...forbiddenFunctions, "from"].some((word) => words.has(word));
    });
    expect(macros.length).toBeGreaterThan(50);
    expect(hiding).toEqual([]);
  });
});

test("relations are told apart from common tables, at every depth", async () => {
  await withDuckDB(async (parse) => {
    const relationsOf = async (sql: string): Promise<string[]> =>
      [...inspectQuery(await parse(sql), { volatile: false }).relations.keys()].sort();
    expect(await relationsOf("WITH a AS (SELECT * FROM a), c AS (SELECT * FROM a) SELECT * FROM c, B")).toEqual(["a", "b"]);
    expect(await relationsOf("SELECT (SELECT max(x) FROM d WHERE EXISTS (FROM e)) FROM range(3)")).toEqual(["d", "e"]);
    expect(await relationsOf("WITH RECURSIVE r AS (SELECT 1 n UNION ALL SELECT n FROM r JOIN f USING (n)) FROM r")).toEqual(["f"]);
    expect(await relationsOf("FROM (WITH z AS (SELECT 1) FROM z), z")).toEqual(["z"]);
  });
});

test("age() of one argument counts from today, so a view cannot use it", async () => {
  await withDuckDB(async (parse) => {
    const problems = async (sql: string): Promise<number> => inspectQuery(await parse(sql), { volatile: false }).problems.length;
    expect(await problems("SELECT age(DATE '2020-01-01')")).toBe(1);
    expect(await problems("SELECT age(DATE '2021-01-01', DATE '2020-01-01')")).toBe(0);
  });
});
