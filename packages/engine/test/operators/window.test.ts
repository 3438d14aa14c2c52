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

  it("numbers rows that tie in an order by value, so that the same rows give the same numbers", async () => {
    const numbered = "SELECT g, i, row_number() OVER (PARTITION BY g ORDER BY i) AS n FROM t";
    await bench.check(`SELECT g, i, count(*), min(n), max(n) FROM (${numbered}) GROUP BY g, i`);
  });

  it("refuses what depends on the order of rows, or is not proven", async () => {
    const refused: Record<string, string> = {
      "row_number() OVER ()": "without ORDER BY",
      "lag(i) OVER (PARTITION BY g)": "without ORDER BY",
      "lead(i IGNORE NULLS) OVER (ORDER BY l)": "IGNORE NULLS",
      "sum(i) OVER (ORDER BY l RANGE BETWEEN 2 PRECEDING AND CURRENT ROW)": "RANGE with an offset",
      "sum(i) OVER (ORDER BY l ROWS BETWEEN 2 PRECEDING AND CURRENT ROW EXCLUDE CURRENT ROW)": "EXCLUDE",
      "sum(i) OVER (ORDER BY l ROWS BETWEEN i PRECEDING AND CURRENT ROW)": "not a constant",
      "ntile(i) OVER (ORDER BY l)": "not a constant",
      "any_value(i) OVER (PARTITION BY g)": "any_value",
      "list(i) OVER (ORDER BY l)": "list",
    };
    for (const [call, reason] of Object.entries(refused)) expect(await bench.refusal(`SELECT ${call} FROM t`)).toContain(reason);
  });
});
