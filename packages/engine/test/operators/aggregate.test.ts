import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { createRowCompiler } from "../../src/expression/create-row-compiler.ts";
import { createAggregate } from "../../src/operators/aggregate.ts";
import type { AggregateNode, Expression, PlanType } from "../../src/plan/types.ts";
import { openQueryBench, type QueryBench } from "../aggregates/query-bench.ts";

/** SELECT #0, sum(#1) GROUP BY #0 over rows of an INTEGER and a HUGEINT. */
const types: readonly PlanType[] = [{ id: "INTEGER" }, { id: "HUGEINT" }];
const [group, summand] = types.map((type, index): Expression => ({ kind: "column", index, type })) as [Expression, Expression];
const sumByGroup: AggregateNode = {
  kind: "aggregate",
  types,
  input: { kind: "scan", relation: "t", columns: [0, 1], filters: [], types },
  groups: [group],
  sets: [[0]],
  aggregates: [{ name: "sum", args: [summand], distinct: false, filter: undefined, orderBy: [], type: { id: "HUGEINT" } }],
  groupingFunctions: [],
};

let bench: QueryBench;
beforeAll(async () => {
  bench = await openQueryBench();
});
afterAll(() => bench.close());

const exact: readonly string[] = [
  "count(*), count(i), count(DISTINCT i), count(DISTINCT s), count(DISTINCT x), count_if(b), count(*) FILTER (WHERE i > 2)",
  "sum(i), sum(l), sum(d), sum(d3), sum(f), sum(b), sum(sm), sum(DISTINCT i), sum(DISTINCT d), sum(l) FILTER (WHERE g > 1)",
  "sum(x), avg(x), sum(DISTINCT x), avg(x) FILTER (WHERE x > 0)",
  "avg(i), avg(l), avg(d), avg(d3), avg(f), avg(sm), mean(i), avg(DISTINCT l), avg(ts)",
  "min(i), max(i), min(l), max(l), min(d), max(d), min(x), max(x), min(f), max(f), min(s), max(s), min(b), max(b), min(ts), max(ts)",
  "min(DISTINCT i), max(s) FILTER (WHERE b), min(x) FILTER (WHERE g > 1)",
  "min([i]), max([i, sm]), min({'a': i, 'b': s}), max([s]) FILTER (WHERE b), min(encode(s)), max(DISTINCT [i])",
  "median(i), median(l), median(sm), median(x), quantile_cont(i, 0.25), quantile_cont(x, 0.9), quantile_cont(l, 0.333), median(DISTINCT i), median(i) FILTER (WHERE b)",
  "median(d), median(d3), median(ts), quantile_cont(d, 0.3), quantile_cont(ts, 0.777), quantile_cont(d3, 0.1), quantile_cont(i, 0), quantile_cont(i, 0.1::DOUBLE)",
  "quantile_disc(i, 0.5), quantile_disc(s, 0.25), quantile_disc(ts, 0.9), quantile_disc(x, 0.1), quantile_disc(d, 0), quantile_disc(l, 1), quantile_disc(b, 0.5), quantile_disc(i, 0.37::DOUBLE)",
  "bool_and(b), bool_or(b), bit_and(i), bit_or(l), bit_xor(sm), bit_xor(DISTINCT i), bit_and(l), bit_or(i)",
  "string_agg(s, '|' ORDER BY s), group_concat(s ORDER BY s DESC), string_agg(s, '' ORDER BY s) FILTER (WHERE b)",
  "array_agg(i ORDER BY i), array_agg(l ORDER BY l DESC NULLS FIRST), array_agg(s ORDER BY s) FILTER (WHERE i > 3)",
];

describe("aggregates", () => {
  it.each(exact)("equal DuckDB's by group: %s", async (calls) => {
    await bench.check(`SELECT g, ${calls} FROM t GROUP BY g`, { seed: calls.length });
  });

  it.each(exact)("equal DuckDB's over all rows, and over none: %s", async (calls) => {
    await bench.check(`SELECT ${calls} FROM t`, { seed: 4 });
  });

  it("keeps variances to DuckDB's running error", async () => {
    const calls = "var_pop(i), var_samp(i), variance(l), stddev(x), stddev_pop(sm), stddev_samp(f), sem(i)";
    const where = "WHERE l BETWEEN -100 AND 100 AND i BETWEEN -100 AND 100 AND x BETWEEN -100 AND 100";
    for (const seed of [5, 6]) await bench.check(`SELECT g, ${calls} FROM t ${where} GROUP BY g`, { seed, digits: 9 });
    await bench.check(`SELECT ${calls} FROM t ${where}`, { digits: 9 });
  });

  it("takes the first and the last row of an order that leaves no choice", async () => {
    const unique = "(SELECT l, min(g) AS g, min(i) AS i, min(s) AS s FROM t GROUP BY l)";
    const calls =
      "first(i ORDER BY g, l DESC), last(s ORDER BY g NULLS FIRST, l), any_value(s ORDER BY l DESC), first(s ORDER BY l NULLS FIRST) FILTER (WHERE i > 0), last(i ORDER BY l)";
    for (const seed of [7, 8]) await bench.check(`SELECT ${calls} FROM ${unique}`, { seed });
    await bench.check(`SELECT g, ${calls.replaceAll("g,", "s,").replaceAll("g NULLS", "s NULLS")} FROM ${unique} GROUP BY g`, { seed: 9 });
  });

  it("takes the row of the least or greatest value when no other has it", async () => {
    const unique = "(SELECT l, min(i) AS i, min(s) AS s, min(ts) AS ts FROM t GROUP BY l)";
    const calls = "arg_min(i, l), arg_max(s, l), max_by(ts, l), arg_min_null(i, l), arg_max_null(s, l), min_by(l, l)";
    for (const seed of [7, 8]) await bench.check(`SELECT ${calls} FROM ${unique}`, { seed });
  });
});

describe("createAggregate", () => {
  it.each(["ROLLUP(g, i)", "CUBE(g, b)", "GROUPING SETS ((g), (i), (g, b), ())", "GROUPING SETS ((g), (g))"])(
    "keeps the groups of %s",
    async (groups) => {
      const by = groups.startsWith("CUBE") ? "g, b" : groups.includes("i") ? "g, i" : "g";
      for (const seed of [1, 2]) {
        await bench.check(`SELECT ${by}, GROUPING(${by.replace(", ", "), GROUPING(")}), count(*), sum(l) FROM t GROUP BY ${groups}`, {
          seed,
        });
      }
    },
  );

  it("groups by expressions, several columns, doubles and text", async () => {
    for (const by of ["x", "s, b", "g, x", "d", "ts", "i > 3"]) await bench.check(`SELECT ${by}, count(*), max(i) FROM t GROUP BY ${by}`);
  });

  it("groups the groups of another", async () => {
    const inner = "SELECT g, i, max(l) AS mx, count(*) AS c FROM t GROUP BY g, i";
    for (const seed of [1, 2, 3]) await bench.check(`SELECT g, avg(mx), sum(c), min(mx) FROM (${inner}) GROUP BY g`, { seed });
  });

  it("refuses by name what depends on the order of rows, or is not proven", async () => {
    const refused = [
      "any_value(s)",
      "first(i)",
      "string_agg(s, ',')",
      "list(i)",
      "mode(i)",
      "approx_count_distinct(i)",
      "max(i, 2)",
      "product(i)",
    ];
    for (const call of refused) {
      const name = call.slice(0, call.indexOf("("));
      expect(await bench.refusal(`SELECT ${call} FROM t`)).toContain(name === "list" || name === "max" ? "aggregate" : name);
    }
  });

  it("refuses to group or compare intervals, of which equal ones may look different", async () => {
    for (const query of [
      "SELECT v, count(*) FROM (SELECT ts - ts AS v FROM t) GROUP BY v",
      "SELECT max(v) FROM (SELECT ts - ts AS v FROM t)",
      "SELECT count(DISTINCT v) FROM (SELECT ts - ts AS v FROM t)",
    ]) {
      expect(await bench.refusal(query)).toContain("INTERVAL");
    }
  });

  it("gives nothing for changes that cancel, and touches no other group", () => {
    const operator = createAggregate(sumByGroup, createRowCompiler());
    const first = operator.step([
      [
        [[1, 10n], 1],
        [[2, 20n], 1],
      ],
    ]);
    expect(first).toEqual([
      [[1, 10n], 1],
      [[2, 20n], 1],
    ]);
    expect(
      operator.step([
        [
          [[3, 5n], -1],
          [[1, 7n], 1],
          [[3, 5n], 1],
          [[1, 7n], -1],
        ],
      ]),
    ).toEqual([]);
    expect(operator.retained).toBe(2);
    expect(operator.step([[[[2, 20n], -1]]])).toEqual([[[2, 20n], -1]]);
    expect(operator.retained).toBe(1);
  });

  it("fails in DuckDB's words when a sum is beyond a HUGEINT", () => {
    const operator = createAggregate(sumByGroup, createRowCompiler());
    const half = 2n ** 126n;
    expect(operator.step([[[[1, half], 1]]])).toEqual([[[1, half], 1]]);
    expect(() => operator.step([[[[1, half], 1]]])).toThrow("Overflow in HUGEINT addition");
  });
});
