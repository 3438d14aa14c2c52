import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { dataDependentOptimizers, openPlanningDatabase } from "../../src/plan/planning-database.ts";
import type { Planner } from "../../src/plan/plan-select.ts";
import { readPlan } from "../../src/plan/read-plan.ts";
import { readType } from "../../src/plan/read-type.ts";
import type { PlanNode } from "../../src/plan/types.ts";
import { Unsupported } from "../../src/plan/unsupported.ts";
import { plannerForTests } from "./planned.ts";

let planner: Planner;
beforeAll(async () => {
  planner = await plannerForTests();
});
afterAll(() => planner.close());

describe("a query that is not in our vocabulary is refused by name", () => {
  test.each([
    ["SELECT a FROM t LIMIT 10%", "LIMIT in percent"],
    ["SELECT a FROM t LIMIT (SELECT count(*) FROM u)", "LIMIT of an expression"],
    ["WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < 5) SELECT * FROM r", "operator RECURSIVE_CTE"],
    ["SELECT list_transform(l, x -> x + a) FROM t", "function list_transform() with a lambda"],
    ["SELECT quantile_cont(c, [0.1, 0.5]) FROM t", "aggregate quantile_cont() of several quantiles"],
    ["SELECT approx_quantile(c, 0.5) FROM t", "aggregate approx_quantile() with bound data"],
    ["SELECT t1.a FROM t t1 ASOF JOIN t t2 ON t1.a = t2.a AND t1.ts >= t2.ts", "operator ASOF_JOIN"],
    ["SELECT t.a FROM t POSITIONAL JOIN u", "operator POSITIONAL_JOIN"],
    ["SELECT a FROM t USING SAMPLE 10%", "operator SAMPLE"],
    ["SELECT rowid FROM t", "column 0 that is NULL, not BIGINT"],
    ["SELECT * FROM range(10)", "table function range()"],
    ["SELECT s::ENUM('a', 'b') FROM t", "type ENUM"],
    ["SELECT ts::TIMESTAMP_NS FROM t", "type TIMESTAMP_NS"],
    ["SELECT tm::TIMETZ FROM t", "type TIME WITH TIME ZONE"],
    ["SELECT a::BIT FROM t", "type BIT"],
    ["SELECT union_value(k := 2) FROM u", "type UNION"],
    ["SELECT l::INTEGER[3] FROM t", "type ARRAY"],
    ["SELECT s COLLATE NOCASE < 'b' FROM t", "type VARCHAR with collation"],
    ["SELECT TRY(a / 0) FROM t", "operator OPERATOR_TRY"],
    ["PIVOT t ON s USING sum(b) GROUP BY a", "DuckDB does not give a plan: Cannot plan statement of type MULTI!"],
    ["SELECT nope FROM t", "DuckDB does not give a plan: "],
  ])("%s", async (sql, reason) => {
    const failure = await planner.plan(sql).then(JSON.stringify, (error: unknown) => error);
    expect(failure).toBeInstanceOf(Unsupported);
    expect((failure as Error).message).toContain(reason);
  });
});

describe("a plan node that DuckDB does not have yet", () => {
  const scan = { type: "LOGICAL_DUMMY_SCAN", children: [], table_index: 0 };
  const project = (expression: unknown): unknown => ({
    type: "LOGICAL_PROJECTION",
    children: [scan],
    table_index: 1,
    expressions: [expression],
  });

  test("is refused by its name", () => {
    expect(() => readPlan({ type: "LOGICAL_TELEPORT", children: [] })).toThrow(new Unsupported("operator TELEPORT"));
  });
  test("is refused when it is an expression", () => {
    expect(() => readPlan(project({ expression_class: "BOUND_WISH" }))).toThrow(new Unsupported("expression BOUND_WISH"));
  });
  test("is refused when it is a field that holds something, not when it is empty", () => {
    expect(readPlan({ ...scan, hint: [] })).toMatchObject({ kind: "values" });
    expect(() => readPlan({ ...scan, hint: "fast" })).toThrow(new Unsupported("operator DUMMY_SCAN with hint"));
  });
  test("is refused when it is a filter, a join type or a type", () => {
    const type = { id: "INTEGER", type_info: null };
    const get = {
      type: "LOGICAL_GET", children: [], name: "seq_scan", returned_types: [type], ordinality_idx: 18446744073709551615n, extra_info: {},
      function_data: { table: "t" }, column_indexes: [], table_filters: { filters: [{ key: 0, value: { filter_type: "MOON_PHASE" } }] },
    }; // prettier-ignore
    expect(() => readPlan(get)).toThrow(new Unsupported("filter MOON_PHASE"));
    const join = { type: "LOGICAL_COMPARISON_JOIN", children: [scan, scan], join_type: "FUZZY", conditions: [] };
    expect(() => readPlan(join)).toThrow(new Unsupported("join FUZZY"));
    expect(() => readType({ id: "QUBIT", type_info: null })).toThrow(new Unsupported("type QUBIT"));
  });
  test("is refused when a column's type is not that of its input", () => {
    const column = { expression_class: "BOUND_REF", type: "BOUND_REF", return_type: { id: "BIGINT", type_info: null }, index: 0 };
    expect(() => readPlan(project(column))).toThrow(Unsupported);
  });
});

describe("correlated subqueries", () => {
  test("nested ones are numbered, and each delim node has the number of the nearest join above whose right side it is on", async () => {
    const plan = await planner.plan(`
      SELECT a, (SELECT count(*) FROM u WHERE u.k < t.a AND u.w > (SELECT max(b) FROM t t2 WHERE t2.a < u.k AND t2.b < t.b)) FROM t`);
    const seen: (readonly [id: number, above: number | undefined])[] = [];
    const visit = (node: PlanNode, above: number | undefined): void => {
      if (node.kind === "delim") seen.push([node.id, above]);
      else if (node.kind === "join") {
        visit(node.left, above);
        visit(node.right, node.delim?.id ?? above);
      } else if ("input" in node) visit(node.input, above);
    };
    visit(plan, undefined);
    expect(seen.length).toBeGreaterThan(1);
    for (const [id, above] of seen) expect(id).toBe(above);
  });
});

test("the planning database is locked and knows its optimisers", async () => {
  const database = await openPlanningDatabase([]);
  try {
    const known = (await database.connection.runAndReadAll("SELECT name FROM duckdb_optimizers()")).getRows().flat();
    expect(dataDependentOptimizers.filter((name) => !known.includes(name))).toEqual([]);
    await expect(database.connection.run("SET threads = 2")).rejects.toThrow(/configuration has been locked/);
    await expect(database.connection.run("COPY (SELECT 1) TO 'x.csv'")).rejects.toThrow(/disabled by configuration/);
  } finally {
    database.close();
  }
});
