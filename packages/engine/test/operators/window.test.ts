import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { openQueryBench, type QueryBench } from "../aggregates/query-bench.ts";

let bench: QueryBench;
beforeAll(async () => {
  bench = await openQueryBench();
});
afterAll(() => bench.close());

/** Rows told apart by l: no ties, so that DuckDB has no choice. */
const unique = "(SELECT l, min(g) AS g, min(i) AS i, min(s) AS s, min(x) AS x, min(d) AS d, bool_or(b) AS b FROM t GROUP BY l)";

describe("createWindow", () => {
  it.each([
    "row_number() OVER (PARTITION BY g ORDER BY l), lag(i) OVER (PARTITION BY g ORDER BY l), lead(s, 2, 'none') OVER (PARTITION BY g ORDER BY l)",
    "ntile(3) OVER (PARTITION BY g ORDER BY l DESC), ntile(2) OVER (ORDER BY l), lag(i, 3, g) OVER (ORDER BY l DESC)",
    "first_value(s) OVER (PARTITION BY g ORDER BY l), last_value(s) OVER (PARTITION BY g ORDER BY l), nth_value(i, 2) OVER (ORDER BY l)",
    "first_value(i) OVER (ORDER BY l ROWS BETWEEN 2 PRECEDING AND 1 PRECEDING), last_value(i) OVER (ORDER BY l ROWS BETWEEN 1 FOLLOWING AND 3 FOLLOWING)",
    "lag(i IGNORE NULLS) OVER (PARTITION BY g ORDER BY l), lead(i, 2 IGNORE NULLS) OVER (ORDER BY l), lag(s, 2, 'none' IGNORE NULLS) OVER (ORDER BY l DESC), lag(i, 0 IGNORE NULLS) OVER (ORDER BY l)",
    "last_value(i IGNORE NULLS) OVER (PARTITION BY g ORDER BY l), first_value(s IGNORE NULLS) OVER (ORDER BY l ROWS BETWEEN 2 PRECEDING AND 1 FOLLOWING), nth_value(i, 2 IGNORE NULLS) OVER (ORDER BY l)",
    "sum(i) OVER (PARTITION BY g ORDER BY l ROWS BETWEEN 2 PRECEDING AND CURRENT ROW), avg(i) OVER (ORDER BY l ROWS BETWEEN CURRENT ROW AND 3 FOLLOWING)",
    "min(s) OVER (ORDER BY l ROWS BETWEEN 3 PRECEDING AND 1 FOLLOWING), max(x) OVER (PARTITION BY g ORDER BY l ROWS 2 PRECEDING)",
    "sum(x) OVER (ORDER BY l ROWS BETWEEN UNBOUNDED PRECEDING AND 1 FOLLOWING), count(i) OVER (ORDER BY l ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING)",
    "row_number() OVER (PARTITION BY b ORDER BY l), sum(d) OVER (PARTITION BY g), row_number() OVER (PARTITION BY b ORDER BY l DESC)",
    "sum(row_number() OVER (ORDER BY l)) OVER (PARTITION BY g)",
  ])("equals DuckDB's where rows do not tie: %s", async (calls) => {
    const query = calls.startsWith("sum(row_number")
      ? `SELECT l, sum(n) OVER (PARTITION BY g) FROM (SELECT l, g, row_number() OVER (ORDER BY l) AS n FROM ${unique})`
      : `SELECT l, g, ${calls} FROM ${unique}`;
    await bench.check(query, { seed: calls.length });
  });

  it.each([
    "rank() OVER (PARTITION BY g ORDER BY i), dense_rank() OVER (PARTITION BY g ORDER BY i DESC), percent_rank() OVER (PARTITION BY g ORDER BY i), cume_dist() OVER (ORDER BY s)",
    "sum(i) OVER (PARTITION BY g ORDER BY s), count(*) OVER (ORDER BY i NULLS FIRST), avg(l) OVER (PARTITION BY s), min(x) OVER (ORDER BY i), max(d) OVER (PARTITION BY g)",
    "sum(l) OVER (ORDER BY i RANGE BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING), count(l) OVER (ORDER BY i GROUPS BETWEEN 1 PRECEDING AND 1 FOLLOWING)",
    "count(DISTINCT s) OVER (PARTITION BY g ORDER BY i), sum(i) FILTER (WHERE b) OVER (PARTITION BY g ORDER BY s), bool_and(b) OVER (PARTITION BY g)",
    "sum(x) OVER (PARTITION BY g ORDER BY i GROUPS BETWEEN 2 PRECEDING AND 1 PRECEDING), count(*) OVER ()",
  ])("equals DuckDB's where ties do not matter: %s", async (calls) => {
    await bench.check(`SELECT g, i, s, x, ${calls} FROM t`, { seed: calls.length });
  });

  it.each([
    "sum(i) OVER (PARTITION BY g ORDER BY i RANGE BETWEEN 2 PRECEDING AND CURRENT ROW), count(*) OVER (ORDER BY i RANGE BETWEEN 1 PRECEDING AND 1 FOLLOWING)",
    "count(l) OVER (ORDER BY i DESC NULLS FIRST RANGE BETWEEN 2 PRECEDING AND 1 PRECEDING), min(s) OVER (ORDER BY i DESC RANGE BETWEEN 1 FOLLOWING AND 3 FOLLOWING)",
    "count(*) OVER (ORDER BY ts RANGE BETWEEN INTERVAL 3 DAYS PRECEDING AND CURRENT ROW), max(i) OVER (ORDER BY ts NULLS FIRST RANGE BETWEEN UNBOUNDED PRECEDING AND INTERVAL 1 DAY FOLLOWING)",
    "sum(l) OVER (ORDER BY d RANGE BETWEEN 1.5 PRECEDING AND 2 FOLLOWING), last_value(g) OVER (ORDER BY g RANGE BETWEEN CURRENT ROW AND 1 FOLLOWING)",
  ])("keeps RANGE frames at a distance: %s", async (calls) => {
    const some = "(SELECT * FROM t WHERE i IS NULL OR i BETWEEN -100 AND 100)";
    for (const seed of [1, 2]) await bench.check(`SELECT g, i, d, ts, ${calls} FROM ${some}`, { seed });
  });

  it("follows frames that go back, as distances of months do", async () => {
    const ends =
      "WHEN 0 THEN TIMESTAMP '2025-01-30 23:00:00' WHEN 1 THEN TIMESTAMP '2025-01-31 01:00:00' WHEN 2 THEN TIMESTAMP '2025-02-28 12:00:00'";
    const days = `(SELECT CASE g ${ends} END AS day, l FROM t)`;
    for (const start of ["UNBOUNDED PRECEDING", "INTERVAL 0 MONTH FOLLOWING"]) {
      const frame = `ORDER BY day RANGE BETWEEN ${start} AND INTERVAL 1 MONTH FOLLOWING`;
      for (const seed of [1, 2, 3]) {
        await bench.check(`SELECT day, count(*) OVER (${frame}), sum(l) OVER (${frame}) FROM ${days}`, { seed });
      }
    }
  });

  it("fails like DuckDB on a distance in the other direction", async () => {
    const query = "SELECT sum(i) OVER (ORDER BY g RANGE BETWEEN -1 PRECEDING AND CURRENT ROW) FROM t";
    await expect(bench.check(query)).rejects.toThrow("Invalid RANGE PRECEDING value");
  });

  it("numbers rows that tie in an order by value, so that the same rows give the same numbers", async () => {
    const numbered = "SELECT g, i, row_number() OVER (PARTITION BY g ORDER BY i) AS n FROM t";
    await bench.check(`SELECT g, i, count(*), min(n), max(n) FROM (${numbered}) GROUP BY g, i`);
  });

  it("refuses what depends on the order of rows, or is not proven", async () => {
    const refused: Record<string, string> = {
      "row_number() OVER ()": "without ORDER BY",
      "lag(i) OVER (PARTITION BY g)": "without ORDER BY",
      "sum(i) OVER (ORDER BY x RANGE BETWEEN 2 PRECEDING AND CURRENT ROW)": "RANGE with an offset over DOUBLE",
      "sum(i) OVER (ORDER BY l ROWS BETWEEN 2 PRECEDING AND CURRENT ROW EXCLUDE CURRENT ROW)": "EXCLUDE",
      "sum(i) OVER (ORDER BY l ROWS BETWEEN i PRECEDING AND CURRENT ROW)": "not a constant",
      "ntile(i) OVER (ORDER BY l)": "not a constant",
      "any_value(i) OVER (PARTITION BY g)": "any_value",
      "list(i) OVER (ORDER BY l)": "list",
    };
    for (const [call, reason] of Object.entries(refused)) expect(await bench.refusal(`SELECT ${call} FROM t`)).toContain(reason);
  });
});
