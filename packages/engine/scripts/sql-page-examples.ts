/** Tables that the examples of docs/sql.md read. */
export const exampleTables = `
CREATE TABLE t (a INT, b INT, s VARCHAR, d DECIMAL(9, 2), x DOUBLE, day DATE, ts TIMESTAMP, l INT ARRAY, i INTERVAL DAY TO SECOND);
CREATE TABLE u (a INT, c VARCHAR);
CREATE TABLE docs (j VARIANT);
CREATE TABLE k (id INT NOT NULL PRIMARY KEY, v INT);
`;

/** What SQL can say, by kind, each with a query; the page tells what becomes of it. */
export const examples: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Rows: {
    "Filter, projection": "SELECT a + 1 AS n, s FROM t WHERE b > 0 OR s IS NULL",
    DISTINCT: "SELECT DISTINCT a, s FROM t",
    "DISTINCT ON … ORDER BY": "SELECT DISTINCT ON (a) a, b, s FROM t ORDER BY a, b DESC, s",
    "ORDER BY … LIMIT OFFSET": "SELECT a, b FROM t ORDER BY a DESC, b LIMIT 10 OFFSET 2",
    "LIMIT without ORDER BY": "SELECT a, b FROM t LIMIT 10",
    VALUES: "SELECT * FROM (VALUES (1, 'a'), (2, 'b')) AS v(n, name)",
    UNNEST: "SELECT a, unnest(l) AS item FROM t",
    LATERAL: "SELECT t.a, q.c FROM t, LATERAL (SELECT c FROM u WHERE u.a = t.a) AS q",
    WITH: "WITH q AS (SELECT a, count(*) AS n FROM t GROUP BY a) SELECT x.a, y.n FROM q x JOIN q y ON x.n = y.n",
    "WITH RECURSIVE": "WITH RECURSIVE q(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM q WHERE n < 5) SELECT n FROM q",
    TUMBLE: "SELECT window_start, count(*) AS n FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' MINUTE)) GROUP BY window_start",
    HOP: "SELECT window_start, count(*) AS n FROM TABLE(HOP(TABLE t, DESCRIPTOR(ts), INTERVAL '1' MINUTE, INTERVAL '5' MINUTE)) GROUP BY window_start",
    "NOW()": "SELECT a FROM t WHERE ts > NOW() - INTERVAL '1' HOUR",
  },
  Joins: {
    "[INNER] JOIN on equality": "SELECT t.s, u.c FROM t JOIN u ON t.a = u.a",
    "JOIN with a further condition": "SELECT t.s, u.c FROM t JOIN u ON t.a = u.a AND t.b > length(u.c)",
    "JOIN on an inequality": "SELECT t.s, u.c FROM t JOIN u ON t.a < u.a",
    "CROSS JOIN": "SELECT t.s, u.c FROM t CROSS JOIN u",
    "LEFT JOIN": "SELECT t.s, u.c FROM t LEFT JOIN u ON t.a = u.a",
    "RIGHT JOIN": "SELECT t.s, u.c FROM t RIGHT JOIN u ON t.a = u.a",
    "FULL JOIN": "SELECT t.s, u.c FROM t FULL JOIN u ON t.a = u.a",
    "SEMI JOIN": "SELECT t.s FROM t SEMI JOIN u ON t.a = u.a",
    "ANTI JOIN": "SELECT t.s FROM t ANTI JOIN u ON t.a = u.a",
    "ASOF JOIN": "SELECT t.s, u.c FROM t ASOF JOIN u ON t.s = u.c AND t.a >= u.a",
    "IS NOT DISTINCT FROM": "SELECT t.s, u.c FROM t JOIN u ON t.a IS NOT DISTINCT FROM u.a",
  },
  Subqueries: {
    IN: "SELECT s FROM t WHERE a IN (SELECT a FROM u)",
    "NOT IN": "SELECT s FROM t WHERE a NOT IN (SELECT a FROM u)",
    "IN of several columns": "SELECT s FROM t WHERE (a, s) IN (SELECT a, c FROM u)",
    EXISTS: "SELECT s FROM t WHERE EXISTS (SELECT 1 FROM u WHERE u.a = t.a)",
    "NOT EXISTS": "SELECT s FROM t WHERE NOT EXISTS (SELECT 1 FROM u WHERE u.a = t.a)",
    "ANY, ALL": "SELECT s FROM t WHERE a > ALL (SELECT a FROM u)",
    Scalar: "SELECT s, (SELECT max(a) FROM u) AS most FROM t",
    "Scalar, correlated": "SELECT s, (SELECT max(c) FROM u WHERE u.a = t.a) AS c FROM t",
    "Scalar, by key": "SELECT s, (SELECT v FROM k WHERE k.id = t.a) AS v FROM t",
  },
  Groups: {
    "GROUP BY, HAVING": "SELECT a, count(*) AS n FROM t GROUP BY a HAVING count(*) > 1",
    "Without groups": "SELECT count(*) AS n, min(s) AS least FROM t",
    FILTER: "SELECT a, count(*) FILTER (WHERE b > 0) AS n FROM t GROUP BY a",
    "DISTINCT in an aggregate": "SELECT a, count(DISTINCT b) AS n, sum(DISTINCT b) AS m FROM t GROUP BY a",
    "Median, quantiles": "SELECT a, median(b) AS m, quantile_disc(s, 0.9) AS q FROM t GROUP BY a",
    "First, last in order": "SELECT a, first(s ORDER BY b DESC) AS f FROM t GROUP BY a",
    "Several in one order": "SELECT a, first(s ORDER BY b) AS f, last(s ORDER BY b) AS l FROM t GROUP BY a",
    "Lists, text in order": "SELECT a, array_agg(s ORDER BY b) AS l, string_agg(s, ',' ORDER BY b) AS s FROM t GROUP BY a",
    "Lists without an order": "SELECT a, array_agg(s) AS l FROM t GROUP BY a",
    "ROLLUP, CUBE, GROUPING SETS": "SELECT a, b, grouping(a) AS g, count(*) AS n FROM t GROUP BY ROLLUP (a, b)",
    "GROUP BY an interval": "SELECT i, count(*) AS n FROM t GROUP BY i",
  },
  Values: {
    "Structs, lists": "SELECT {'n': a, 'name': s}.name AS name, l[1] AS first, [a, b] AS both FROM t",
    JSON: "SELECT j ->> '$.user.name' AS name, CAST(j ->> 'age' AS INT) AS age FROM (SELECT CAST(j AS JSON) AS j FROM docs)",
    "Casts of text": "SELECT CAST(s AS DATE) AS d, TRY_CAST(s AS DECIMAL(9, 2)) AS n, s::TIMESTAMP AS at FROM t",
    "Dates and intervals": "SELECT day - DATE '2024-01-01' AS n, ts + i AS later, age(ts, ts) AS a FROM t",
    Lambdas: "SELECT list_transform(l, e -> e + 1) AS m FROM t",
    "power, ln, exp, sin …": "SELECT power(x, 2) AS y FROM t",
  },
  Sets: {
    "UNION ALL": "SELECT a FROM t UNION ALL SELECT a FROM u",
    UNION: "SELECT a FROM t UNION SELECT a FROM u",
    "INTERSECT [ALL]": "SELECT a FROM t INTERSECT SELECT a FROM u",
    "EXCEPT [ALL]": "SELECT a FROM t EXCEPT ALL SELECT a FROM u",
  },
  Windows: {
    "row_number in order": "SELECT a, b, row_number() OVER (PARTITION BY a ORDER BY b, s) AS n FROM t",
    "row_number without an order": "SELECT a, row_number() OVER () AS n FROM t",
    "Top rows of each group": "SELECT a, b, s FROM t QUALIFY row_number() OVER (PARTITION BY a ORDER BY b DESC, s) <= 3",
    "rank, dense_rank": "SELECT a, rank() OVER (ORDER BY b) AS r, dense_rank() OVER (ORDER BY b) AS d FROM t",
    "ntile, percent_rank, cume_dist": "SELECT id, ntile(4) OVER (ORDER BY id) AS q, cume_dist() OVER (ORDER BY id) AS c FROM k",
    "lag, lead": "SELECT id, lag(v) OVER (ORDER BY id) AS p, lead(v, 2) OVER (ORDER BY id) AS n FROM k",
    "first_value, last_value": "SELECT id, first_value(v) OVER (ORDER BY id) AS f FROM k",
    "IGNORE NULLS": "SELECT id, last_value(v IGNORE NULLS) OVER (ORDER BY id) AS v FROM k",
    "Aggregate over a partition": "SELECT a, b, sum(b) OVER (PARTITION BY a) AS total FROM t",
    "Running aggregate": "SELECT a, b, sum(b) OVER (PARTITION BY a ORDER BY b) AS total FROM t",
    "ROWS frame": "SELECT id, avg(v) OVER (ORDER BY id ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) AS mean FROM k",
    "RANGE frame": "SELECT day, a, sum(a) OVER (ORDER BY day RANGE BETWEEN INTERVAL 7 DAYS PRECEDING AND CURRENT ROW) AS n FROM t",
  },
};

/** Tables whose rows may come late by an hour, for the examples of what follows a LATENESS. */
export const streamTables = `
CREATE TABLE e (id INT, ts TIMESTAMP LATENESS INTERVAL '1' HOUR, n INT);
CREATE TABLE f (id INT, ts TIMESTAMP LATENESS INTERVAL '1' HOUR, m INT);
`;

/** Views over them; the page tells which of their columns follow the LATENESS. */
export const streams: Readonly<Record<string, string>> = {
  "Filter, projection": "SELECT ts, ts + INTERVAL '5' MINUTE AS due, n FROM e WHERE n > 0",
  TUMBLE: "SELECT window_start, window_end, count(*) AS k FROM TABLE(TUMBLE(TABLE e, DESCRIPTOR(ts), INTERVAL '1' MINUTE)) GROUP BY ALL",
  HOP: "SELECT window_end, sum(n) AS s FROM TABLE(HOP(TABLE e, DESCRIPTOR(ts), INTERVAL '1' MINUTE, INTERVAL '1' HOUR)) GROUP BY window_end",
  "GROUP BY a function of the time": "SELECT date_trunc('day', ts) AS day, id, avg(n) AS mean FROM e GROUP BY ALL",
  "GROUP BY something else": "SELECT id, max(ts) AS latest FROM e GROUP BY id",
  DISTINCT: "SELECT DISTINCT ts, id FROM e",
  "JOIN on equal times": "SELECT e.ts, e.n, f.m FROM e JOIN f ON e.id = f.id AND e.ts = f.ts",
  "JOIN on near times": "SELECT e.ts, f.ts AS other FROM e JOIN f ON e.id = f.id AND e.ts BETWEEN f.ts - INTERVAL '5' MINUTE AND f.ts",
  "LEFT JOIN on equal times": "SELECT e.ts, e.n, f.m FROM e LEFT JOIN f ON e.id = f.id AND e.ts = f.ts",
  "JOIN on something else": "SELECT e.ts, f.m FROM e JOIN f ON e.id = f.id",
  "UNION [ALL]": "SELECT ts, id FROM e UNION ALL SELECT ts, id FROM f",
  "Aggregate over the time before":
    "SELECT ts, id, sum(n) OVER (PARTITION BY id ORDER BY ts RANGE BETWEEN INTERVAL '1' HOUR PRECEDING AND CURRENT ROW) AS s FROM e",
  "Top rows of each window": "SELECT ts, id, n FROM e QUALIFY row_number() OVER (PARTITION BY ts ORDER BY n DESC, id) <= 3",
  "lag, lead": "SELECT ts, n - lag(n) OVER (PARTITION BY id ORDER BY ts, n) AS d FROM e",
  "The newest rows of all": "SELECT ts, id FROM e ORDER BY ts DESC, id LIMIT 10",
};

/** Queries that no view may hold, for the page to show with the words of the refusal. */
export const refusals: Readonly<Record<string, string>> = {
  "Random values": "SELECT a, random() AS r FROM t",
  "The session": "SELECT current_setting('TimeZone') AS z",
  Sampling: "SELECT a FROM t TABLESAMPLE 10 PERCENT",
  Files: "SELECT * FROM read_csv('a.csv')",
  "Other databases": "SELECT * FROM main.t",
  "Row numbers of the store": "SELECT rowid FROM t",
  Parameters: "SELECT a FROM t WHERE a = $1",
  "A name that is not declared": "SELECT a FROM missing",
};
