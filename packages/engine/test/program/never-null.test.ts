import { expect, test } from "@jest/globals";
import type { Row } from "@headgate/engine";
import { queryRows, start } from "../runtime/model.ts";

const queries = [
  "SELECT k.*, z FROM k, l",
  "SELECT k.id, k.y, l.z FROM k LEFT JOIN l ON k.id = l.id",
  "SELECT k.id, k.y, l.z FROM k RIGHT JOIN l ON k.id = l.id",
  "SELECT k.id, k.y, l.z FROM k FULL JOIN l ON k.id = l.id",
  "SELECT k.y, m.z FROM k LEFT JOIN (SELECT id, z FROM l WHERE z > 10) AS m USING (id)",
  "SELECT k.y, j.y AS jy FROM k JOIN k AS j ON k.id > j.id",
  "SELECT k.y, j.y AS jy FROM k LEFT JOIN k AS j ON k.id > j.id",
  "SELECT k.y, q.m FROM k, LATERAL (SELECT max(z) AS m FROM l WHERE l.id = k.id) AS q",
  "SELECT k.y, q.z FROM k LEFT JOIN LATERAL (SELECT z FROM l WHERE l.id = k.id) AS q ON true",
  "SELECT id, (SELECT z FROM l WHERE l.id = k.id) AS s, (SELECT count(*) FROM l WHERE l.id = k.id) AS n FROM k",
  "SELECT id, (SELECT z FROM l WHERE id = 77) AS s, (SELECT count(*) FROM l) AS n FROM k",
  "SELECT id, id IN (SELECT x FROM k) AS b, EXISTS (SELECT 1 FROM l WHERE l.id = k.id) AS e FROM k",
  "SELECT y, count(x) AS n, sum(x) AS s, count(*) AS m FROM k GROUP BY y",
  "SELECT y, id, grouping(y) AS g, count(*) AS n FROM k GROUP BY CUBE (y, id)",
  "SELECT count(*) AS n, max(y) AS m FROM k WHERE false",
  "SELECT lag(y) OVER (ORDER BY id) AS p, y, row_number() OVER () AS r FROM k",
  "SELECT y FROM k UNION SELECT x FROM k",
  "SELECT DISTINCT ON (x) x, y FROM k ORDER BY x, y",
  "WITH c AS MATERIALIZED (SELECT y, x FROM k) SELECT a.y, b.x FROM c AS a LEFT JOIN c AS b ON a.y = b.x",
  "WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT CASE WHEN n < 3 THEN n + 1 END FROM r WHERE n IS NOT NULL) SELECT n FROM r",
  "SELECT u.e, k.y FROM k LEFT JOIN UNNEST(CASE WHEN k.x IS NULL THEN [1, NULL] END) AS u(e) ON true",
  "SELECT * FROM (VALUES (1, NULL), (2, 3)) AS v(a, b)",
  "SELECT k.y, l.z FROM k ASOF LEFT JOIN l ON k.id >= l.id + 1",
  "SELECT k.y, l.z FROM k POSITIONAL JOIN l",
  "SELECT k.y, l.z, j.y AS jy FROM k RIGHT JOIN l ON k.id = l.id JOIN k AS j ON l.z >= j.id",
  "SELECT k.y, l.z, j.y AS jy FROM k LEFT JOIN l ON k.id = l.id JOIN k AS j ON k.id >= j.id",
  "SELECT q.y, q.g, q.m, k.y AS ky FROM (SELECT y, grouping(y) AS g, max(x) AS m FROM k GROUP BY y) AS q JOIN k ON k.y = q.y",
];

test.each(queries)("no NULL stands in a column that is published as NOT NULL: %s", async (query) => {
  const engine = await start(
    `CREATE TABLE k (id INT PRIMARY KEY, x INT, y INT NOT NULL); CREATE TABLE l (id INT PRIMARY KEY, z INT NOT NULL);
     CREATE VIEW w AS ${query}; CREATE MATERIALIZED VIEW v AS SELECT * FROM w`,
  );
  try {
    const insert = (...rows: Row[]) => [{ rows, ops: undefined }];
    const changes = new Map([
      ["k", insert([1, null, 10], [2, 2, 20], [3, 10, 10])],
      ["l", insert([2, 5], [3, 50], [4, 60], [5, 70])],
    ]);
    await engine.step({ changes, watch: new Set() });
    const rows = await queryRows(engine, "SELECT * FROM v");
    expect(rows.length).toBeGreaterThan(0);
    const { fields } = engine.program.views.find((view) => view.name === "v")!;
    const broken = fields.filter((field, i) => !field.columnType.nullable && rows.some((row) => row[i] === null));
    expect(broken).toEqual([]);
  } finally {
    await engine.close();
  }
});
