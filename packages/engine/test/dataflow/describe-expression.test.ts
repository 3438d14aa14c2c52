import { expect, test } from "@jest/globals";
import { describeExpression } from "../../src/dataflow/describe-expression.ts";
import { openPlanner } from "../../src/plan/plan-select.ts";
import type { ProjectNode } from "../../src/plan/types.ts";
import { compiled } from "../runtime/model.ts";

test("expressions read nearly as they were written", async () => {
  const program = await compiled("CREATE TABLE t (a INT, b INT, d DATE, p DECIMAL(10,2), s VARCHAR, ts TIMESTAMP);");
  const planner = await openPlanner(program.tables);
  const written: Readonly<Record<string, string>> = {
    "(a + b) * a": "(a + b) * a",
    "p * (1.00 - 0.05)": "p * 0.95",
    "-0.05 + p": "-0.05 + p",
    "d >= DATE '1995-01-31'": "d >= 1995-01-31",
    "ts < TIMESTAMP '1970-01-02 00:00:00'": "ts < 1970-01-02T00:00:00.000Z",
    "CASE WHEN a = 1 THEN b ELSE a END": "case when a = 1 then b else a end",
    "coalesce(a, b)": "coalesce(a, b)",
    "ts - INTERVAL 90 MINUTE": "ts - interval '5400 s'",
    "a IS NULL AND s IN ('x', 'y')": "(a is null and s in ('x', 'y'))",
    "substring(s, 1, 2)": "substring(s, 1, 2)",
    "CAST(a AS BIGINT)": "a::BIGINT",
  };
  try {
    for (const [sql, words] of Object.entries(written)) {
      const plan = (await planner.plan(`SELECT a, b, d, p, s, ts, ${sql} AS x FROM t`)) as ProjectNode;
      expect(describeExpression(plan.expressions[6]!, ["a", "b", "d", "p", "s", "ts"])).toBe(words);
    }
  } finally {
    planner.close();
  }
});
