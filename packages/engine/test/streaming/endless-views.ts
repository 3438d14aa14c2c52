/** Tables whose rows come in the order of their time, more or less. */
export const tables = `
  CREATE TABLE a (id INT, ts TIMESTAMP LATENESS INTERVAL 5 SECONDS, v INT, s VARCHAR);
  CREATE TABLE b (id INT, ts TIMESTAMP LATENESS INTERVAL 3 SECONDS, v INT);
  CREATE TABLE k (id BIGINT LATENESS 6 PRIMARY KEY, v INT);`;

/** Views that need not remember what is behind the watermarks: name → query. */
export const forgetful: Readonly<Record<string, string>> = {
  tumble:
    "SELECT window_start, id, sum(v) AS s, min(v) AS m, count(DISTINCT s) AS d FROM TABLE(TUMBLE(TABLE a, DESCRIPTOR(ts), INTERVAL '4' SECOND)) GROUP BY window_start, id",
  hop: "SELECT window_end, count(*) AS n, max(v) AS m FROM TABLE(HOP(TABLE a, DESCRIPTOR(ts), INTERVAL '2' SECOND, INTERVAL '6' SECOND)) GROUP BY window_end",
  truncated: "SELECT date_trunc('minute', ts) AS at, count(*) AS n FROM a WHERE v > 1 GROUP BY date_trunc('minute', ts)",
  days: "SELECT CAST(ts - INTERVAL 1 HOUR AS DATE) AS d, id, avg(v) AS m FROM a GROUP BY ALL",
  sets: "SELECT ts, id, count(*) AS n FROM a GROUP BY GROUPING SETS ((ts), (ts, id))",
  distinct_rows: "SELECT DISTINCT ts, id FROM a",
  either: "SELECT ts + INTERVAL 1 SECOND AS ts, id FROM b UNION SELECT ts, id FROM a",
  both: "SELECT ts, id FROM a INTERSECT SELECT ts, id FROM b",
  without: "SELECT ts, id FROM b EXCEPT ALL SELECT ts, id FROM a",
  same_time: "SELECT a.id, a.ts, a.v, b.v AS w FROM a JOIN b ON a.id = b.id AND a.ts = b.ts",
  in_time:
    "SELECT a.id, a.ts, b.ts AS tb FROM a JOIN b ON a.id = b.id AND a.ts BETWEEN b.ts - INTERVAL 4 SECONDS AND b.ts + INTERVAL 1 SECOND",
  perhaps: "SELECT a.id, a.ts, b.v AS w FROM a LEFT JOIN b ON a.ts = b.ts",
  all_of_both: "SELECT a.id, coalesce(a.ts, b.ts) AS ts, b.v AS w FROM a FULL JOIN b ON a.ts = b.ts AND a.id = b.id",
  perhaps_in_time: "SELECT a.id, a.ts, b.v AS w FROM a LEFT JOIN b ON a.id = b.id AND b.ts >= a.ts AND b.ts <= a.ts + INTERVAL 2 SECONDS",
  known: "SELECT * FROM a SEMI JOIN b ON a.ts = b.ts",
  unknown: "SELECT * FROM a ANTI JOIN b ON a.ts = b.ts AND a.id = b.id",
  joined_windows: `SELECT x.w, x.n, y.m FROM (SELECT date_trunc('second', ts) AS w, count(*) AS n FROM a GROUP BY 1) AS x
    JOIN (SELECT date_trunc('second', ts) AS w, sum(v) AS m FROM b GROUP BY 1) AS y ON x.w = y.w`,
  latest: "SELECT DISTINCT ON (ts) ts, id, v, s FROM a ORDER BY ts, v DESC, id, s",
  best: `SELECT ts, id, v, n FROM (SELECT ts, id, v, row_number() OVER (PARTITION BY ts ORDER BY v DESC, id, s) AS n FROM a) WHERE n <= 2`,
  shares: "SELECT ts, id, sum(v) OVER (PARTITION BY ts) AS total, count(*) OVER (PARTITION BY ts, id) AS n FROM a",
  rolling: `SELECT ts, id, sum(v) OVER w AS total, count(*) OVER (PARTITION BY id ORDER BY ts) AS n, max(v) OVER w AS m FROM a
    WINDOW w AS (PARTITION BY id ORDER BY ts RANGE BETWEEN INTERVAL 3 SECONDS PRECEDING AND CURRENT ROW)`,
  moving: `SELECT ts, id, sum(v) OVER w AS total, count(*) OVER w AS n FROM a
    WINDOW w AS (PARTITION BY id ORDER BY ts RANGE BETWEEN INTERVAL 3 SECONDS PRECEDING AND CURRENT ROW)`,
  by_key: "SELECT id // 3 AS g, sum(v) AS s FROM k GROUP BY id // 3",
};

/** A view of `forgetful` that keeps what it has: its running count begins with the first row. */
export const remembers: ReadonlySet<string> = new Set(["rolling"]);

/** The rest is right too, whatever it has to remember. */
export const remembering: Readonly<Record<string, string>> = {
  totals: "SELECT id, count(*) AS n, max(ts) AS latest FROM a GROUP BY id",
  one_sided: "SELECT a.id, a.ts, k.v FROM a LEFT JOIN k ON a.id = k.id",
  times: "SELECT ts FROM a WHERE id IN (SELECT id FROM b)",
  top: "SELECT * FROM a ORDER BY ts DESC, id, v, s LIMIT 5",
  neighbours: "SELECT ts, id, v - lag(v) OVER (PARTITION BY id ORDER BY ts, v, s) AS d FROM a",
  correlated: "SELECT id, ts, (SELECT max(v) FROM b WHERE b.ts = a.ts) AS m FROM a",
  nested: "SELECT w, count(*) AS n FROM (SELECT DISTINCT date_trunc('second', ts) AS w, id FROM a) GROUP BY w",
};
