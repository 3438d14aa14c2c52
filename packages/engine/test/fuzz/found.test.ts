import { expect, test } from "@jest/globals";
import { insert, remove, update } from "../oracle/changes.ts";
import { expectMaintained } from "./expect-maintained.ts";

/** What the fuzzer found once, in the form in which it prints it. */
test("an outer join gives and takes its row of NULLs as partners come and go", async () => {
  await expectMaintained(
    [
      "CREATE TABLE t0 (p INTEGER NOT NULL, q VARCHAR, PRIMARY KEY (p));",
      "CREATE TABLE t1 (p INTEGER);",
      "CREATE MATERIALIZED VIEW v0 AS SELECT t0.q, t1.p FROM t0 FULL JOIN t1 ON t0.p = t1.p AND t0.q <> 'x';",
    ].join("\n"),
    [
      { t0: [insert(1, "a"), insert(2, null)], t1: [insert(1), insert(1), insert(null)] },
      { t0: [update(1, "x"), update(2, "b")], t1: [insert(2)] },
      { t0: [remove(2, undefined)], t1: [remove(1), remove(5)] },
    ],
  );
});

test("a row that comes and goes within a step is not computed with", async () => {
  await expectMaintained(
    [
      "CREATE TABLE t1 (p INTEGER, q INTEGER);",
      "CREATE MATERIALIZED VIEW v2 AS SELECT count(a3.q * a3.q) AS c3 FROM t1 AS a3 ANTI JOIN t1 AS a4 ON a3.q = a4.q GROUP BY a3.p;",
    ].join("\n"),
    [{ t1: [insert(null, -2147483648)] }],
  );
});

test("a column beside a join whose width is not known is not published as NOT NULL", async () => {
  await expectMaintained(
    [
      "CREATE TABLE t0 (r INTEGER NOT NULL);",
      "CREATE TABLE t1 (p INTEGER NOT NULL, q INTEGER);",
      "CREATE MATERIALIZED VIEW v0 AS SELECT t1.p FROM t1 RIGHT JOIN t0 AS a ON t1.p = a.r JOIN t0 AS b ON a.r >= b.r;",
    ].join("\n"),
    [{ t0: [insert(0)] }],
  );
});

test("equal rows that come in one batch are one entry of a view that keeps all columns", async () => {
  await expectMaintained(
    "CREATE TABLE t0 (p VARCHAR, q UUID); CREATE MATERIALIZED VIEW v0 AS SELECT q AS c0, p AS c1, p AS c2, 0.1 AS c3 FROM t0;",
    [{ t0: [insert(null, "a0000000-0000-0000-0000-000000000002"), insert(null, "a0000000-0000-0000-0000-000000000002")] }],
  );
});

test("a join above ORDER BY and LIMIT does not change which rows these keep", async () => {
  await expectMaintained(
    [
      "CREATE TABLE t0 (p INTEGER NOT NULL);",
      "CREATE TABLE t1 (p BOOLEAN, r INTEGER);",
      "CREATE MATERIALIZED VIEW v0 AS SELECT p AS c0, unnest(['a', 'b']) AS c1 FROM t0;",
      "CREATE MATERIALIZED VIEW v1 AS SELECT a.c2 AS c0",
      "  FROM (SELECT r AS c0, count(0) OVER (PARTITION BY p) AS c2 FROM t1 ORDER BY c0 NULLS FIRST, c2 LIMIT 3) AS a JOIN v0 ON a.c0 = v0.c0;",
    ].join("\n"),
    [{ t0: [insert(7)], t1: [insert(null, null), insert(null, null), insert(null, null), insert(null, 7)] }],
  );
});

test("what is told of a late delete does not depend on whether its row is still held", async () => {
  await expectMaintained(
    "CREATE TABLE t0 (p INTEGER NOT NULL LATENESS 0, q VARCHAR, PRIMARY KEY (p));",
    [{ t0: [insert(2, "a"), insert(7, null)] }, { t0: [remove(2, undefined)] }, { t0: [] }],
    { restarts: [{ after: 2, lost: 1 }] },
  );
});

test("one infinite value has no variance", async () => {
  await expectMaintained(
    [
      "CREATE TABLE t0 (p DOUBLE, q INTEGER);",
      "CREATE MATERIALIZED VIEW v0 AS SELECT q AS c0, var_pop(p) AS c1, stddev_pop(p) AS c2, stddev(p) AS c3 FROM t0 GROUP BY q;",
    ].join("\n"),
    [{ t0: [insert(Infinity, 1), insert(NaN, 2), insert(3, 3)] }],
  );
});

test("an aggregate's argument is computed for rows that its FILTER leaves out, as in DuckDB", async () => {
  const checked = await expectMaintained(
    "CREATE TABLE t0 (p INTEGER); CREATE MATERIALIZED VIEW v1 AS SELECT max(p * p) FILTER (WHERE p > 0) AS c1 FROM t0;",
    [{ t0: [insert(2)] }, { t0: [insert(-2147483648)] }],
  );
  expect(checked.steps).toBe(1);
});
