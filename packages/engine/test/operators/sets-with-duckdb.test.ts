import { expect, test } from "@jest/globals";
import { createRowCompiler } from "../../src/expression/create-row-compiler.ts";
import { followWithDuckDB } from "./maintained-views.ts";
import { randomSteps } from "./random-deltas.ts";

const numbers = [null, 0, 1, 2];
const lists = [null, [], [1], [1, null, 2]];

test("set operations, DISTINCT, unnest, constants and common tables are as DuckDB's after every step", async () => {
  const queries = [
    "SELECT a FROM t UNION ALL SELECT a FROM u UNION ALL SELECT b FROM t",
    "SELECT a FROM t UNION SELECT a FROM u",
    "SELECT a FROM t EXCEPT SELECT a FROM u",
    "SELECT a FROM t EXCEPT ALL SELECT a FROM u",
    "SELECT a FROM t EXCEPT ALL SELECT a FROM u EXCEPT ALL SELECT b FROM t",
    "SELECT a, b FROM t INTERSECT SELECT a, b FROM u",
    "SELECT a FROM t INTERSECT ALL SELECT a FROM u",
    "SELECT a FROM t INTERSECT ALL SELECT a FROM u INTERSECT ALL SELECT b FROM t",
    "SELECT DISTINCT a, b FROM t",
    "SELECT a, b FROM t WHERE a = 1 OR b IS NULL",
    "SELECT b, a FROM t ORDER BY a",
    "SELECT a, unnest(l) AS x FROM t",
    "SELECT a, unnest(l) AS x, unnest(m) AS y FROM t",
    "SELECT a, x FROM (VALUES (1), (2), (NULL)) AS v(x) JOIN t ON t.a = v.x",
    "SELECT x FROM (VALUES (1), (1), (NULL)) AS v(x)",
    "WITH q AS MATERIALIZED (SELECT DISTINCT a FROM t) SELECT x.a, y.a AS z FROM q x JOIN q y ON x.a <= y.a",
    "SELECT a, (SELECT c FROM (VALUES (7)) AS v(c) WHERE EXISTS (SELECT 1 FROM u WHERE u.a = 1)) AS m FROM t",
    "SELECT a, EXISTS (SELECT * FROM u) AS m FROM t",
    "SELECT a FROM t WHERE NOT EXISTS (SELECT 1 FROM u WHERE a > 1)",
  ];
  const sql = [
    "CREATE TABLE t (a INT, b INT, l INT ARRAY, m INT ARRAY);",
    "CREATE TABLE u (a INT, b INT);",
    ...queries.map((query, i) => `CREATE VIEW v${i} AS ${query};`),
    "CREATE VIEW above AS SELECT v1.a, v4.a AS b FROM v1 LEFT JOIN v4 ON v1.a = v4.a;",
  ].join("\n");
  for (const seed of [1, 2]) {
    const steps = randomSteps({ t: [numbers, numbers, lists, lists], u: [numbers, numbers] }, 12, seed);
    await expect(followWithDuckDB(sql, steps, createRowCompiler())).resolves.toBeUndefined();
  }
});
