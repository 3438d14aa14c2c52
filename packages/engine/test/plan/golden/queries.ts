/** Queries over the tables of ../planned.ts, by the name of the file that has their plan. */
export const goldenQueries: Readonly<Record<string, string>> = {
  "project-filter": "SELECT a, b + 1 FROM t WHERE a > 5 AND (s IS NULL OR s LIKE 'a%')",
  "filters-of-every-kind": `
    SELECT a FROM t WHERE a IN (1, 2, 3) AND s IN ('x', 'y') AND b IS NOT NULL AND d BETWEEN 1 AND 10 AND st.x > 3
      AND c = 'nan' AND i > INTERVAL 1 DAY AND NOT (dt BETWEEN '2024-01-01' AND '2024-12-31')`,
  "struct-fields": "SELECT st.x, s, st.y FROM t WHERE a = 1",
  "count-of-rows": "SELECT count(*) FROM u, t",
  "case-and-casts": `
    SELECT CASE WHEN a > 1 THEN 'x' WHEN a < 0 THEN s END, COALESCE(s, 'q'), NULLIF(a, 3), CAST(s AS INTEGER), TRY_CAST(s AS DATE),
      a NOT IN (1, 2), a IS DISTINCT FROM b, NOT bo FROM t`,
  "inner-join": "SELECT t.a, u.v FROM t JOIN u ON t.a = u.k AND t.b > u.w",
  "left-join-residual": "SELECT t.a, u.v FROM t LEFT JOIN u ON t.a = u.k AND (u.v LIKE 'x%' OR t.s IS NULL)",
  "right-join": "SELECT t.a, u.v FROM t RIGHT JOIN u ON t.a = u.k",
  "full-join": "SELECT t.a, u.v FROM t FULL JOIN u ON t.a = u.k",
  "cross-join": "SELECT t.a FROM u, t",
  "mark-join": "SELECT a FROM t WHERE a NOT IN (SELECT k FROM u)",
  "semi-join": "SELECT s FROM t WHERE (a, b) IN (SELECT k, w FROM u)",
  "anti-join": "SELECT k FROM u WHERE NOT EXISTS (SELECT 1 FROM t WHERE t.a = u.k AND t.b <> u.w)",
  "correlated-scalar": "SELECT a, (SELECT max(w) FROM u WHERE u.k < t.a) FROM t",
  "correlated-nested": `
    SELECT a FROM t t1 WHERE b > (SELECT avg(b) FROM t t2 WHERE t2.s = t1.s
      AND (SELECT count(*) FROM u WHERE u.k < t2.a AND u.w = t1.b) > 1)`,
  "correlated-exists": "SELECT a FROM t WHERE EXISTS (SELECT 1 FROM u WHERE u.k = t.a AND u.w > t.b)",
  "scalar-subquery": "SELECT a FROM t WHERE b > (SELECT avg(w) FROM u)",
  aggregates: `
    SELECT s, count(*), sum(b), avg(DISTINCT c), min(d) FILTER (WHERE a > 3), string_agg(s, ';' ORDER BY b DESC) FROM t
    GROUP BY s HAVING count(*) > 1`,
  "aggregate-of-all": "SELECT count(*), sum(a), max(tz) FROM t",
  "grouping-sets": "SELECT a, s, count(*), GROUPING(a, s) FROM t GROUP BY ROLLUP (a, s)",
  distinct: "SELECT DISTINCT a, s FROM t",
  "distinct-on": "SELECT DISTINCT ON (a) a, b FROM t ORDER BY a, b DESC",
  "set-operations": "(SELECT a FROM t UNION ALL SELECT k FROM u) EXCEPT (SELECT a FROM t INTERSECT ALL SELECT k FROM u)",
  "order-limit": "SELECT a, b FROM t ORDER BY b DESC NULLS FIRST LIMIT 10 OFFSET 2",
  "top-per-group": "SELECT * FROM (SELECT a, b, row_number() OVER (PARTITION BY s ORDER BY b DESC) rn FROM t) WHERE rn <= 3",
  windows: `
    SELECT sum(b) OVER (PARTITION BY s ORDER BY dt ROWS BETWEEN 3 PRECEDING AND 1 FOLLOWING EXCLUDE TIES), lag(a, 2, 0) OVER (ORDER BY b),
      first_value(a IGNORE NULLS) OVER w, count(DISTINCT a) FILTER (WHERE a > 1) OVER w, rank() OVER (ORDER BY c)
    FROM t WINDOW w AS (PARTITION BY s ORDER BY ts RANGE BETWEEN INTERVAL 1 DAY PRECEDING AND CURRENT ROW)`,
  unnest: "SELECT a, x FROM t, unnest(l) AS q(x)",
  "common-table": "WITH c AS MATERIALIZED (SELECT a, sum(b) sb FROM t GROUP BY a) SELECT c1.a FROM c c1 JOIN c c2 ON c1.a = c2.sb",
  values: "VALUES (1, 'a'), (2, NULL)",
  nothing: "SELECT a FROM t WHERE false",
};
