import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { EvaluationError } from "../../src/expression/evaluation-error.ts";
import { createRowCompiler } from "../../src/expression/create-row-compiler.ts";
import type { Planner } from "../../src/plan/plan-select.ts";
import type { Expression } from "../../src/plan/types.ts";
import { risesWith } from "../../src/streaming/rises-with.ts";
import type { Row, Value } from "../../src/types.ts";
import { seededRandom, type SeededRandom } from "../oracle/random.ts";
import { plannerForTests } from "../plan/planned.ts";

let planner: Planner;
beforeAll(async () => {
  planner = await plannerForTests();
});
afterAll(() => planner.close());

async function planned(sql: string): Promise<Expression> {
  const plan = await planner.plan(`SELECT ${sql} FROM t`);
  if (plan.kind !== "project") throw new Error(`${sql} is planned as ${plan.kind}`);
  return plan.expressions[0]!;
}

const infinite = 2n ** 63n - 1n;
const samples: Readonly<Record<string, (random: SeededRandom) => Value>> = {
  INTEGER: (random) => random.pick([random.between(-50, 50), random.between(-(2 ** 31), 2 ** 31 - 1), 2 ** 31 - 1, -(2 ** 31)]),
  BIGINT: (random) => random.pick([BigInt(random.between(-50, 50)), 2n ** 63n - 1n, -(2n ** 63n)]),
  DOUBLE: (random) => random.pick([random.between(-500, 500) / 8, Infinity, -Infinity, NaN, 1e300, -0]),
  DECIMAL: (random) => BigInt(random.between(-5000, 5000)),
  DATE: (random) => random.pick([random.between(-100_000, 100_000), 2 ** 31 - 1, -(2 ** 31 - 1)]),
  TIMESTAMP: timestamp,
  TIMESTAMP_TZ: timestamp,
};
function timestamp(random: SeededRandom): bigint {
  const near = BigInt(random.between(-(2 ** 40), 2 ** 40)) * BigInt(random.between(1, 4000));
  return random.pick([near, near, near, infinite, -infinite, infinite - 5n]);
}

test.each([
  "b + 5", "5 + b", "b - 7", "b * 3", "b // 4", "c / 2", "c * 0.5", "floor(c)", "ceil(d)", "d + 1.25", "d * 2",
  "CAST(a AS BIGINT)", "CAST(b AS DOUBLE)", "CAST(c AS INTEGER)", "CAST(d AS DECIMAL(9, 1))", "TRY_CAST(b AS SMALLINT)", "CAST(d AS INTEGER)",
  "CAST(ts AS DATE)", "CAST(dt AS TIMESTAMP)", "ts + INTERVAL 90 MINUTES", "ts - INTERVAL '1 day 2 hours'", "INTERVAL 1 DAY + ts",
  "dt + 3", "dt - 3", "dt + INTERVAL 1 HOUR", "tz - INTERVAL 1 HOUR",
  "date_trunc('hour', ts)", "date_trunc('month', ts)", "date_trunc('week', dt)", "date_trunc('decade', ts)", "date_trunc('day', tz)",
  "time_bucket(INTERVAL 7 MINUTES, ts)", "time_bucket(INTERVAL 2 MONTHS, ts)", "time_bucket(INTERVAL 7 DAYS, dt)",
  "time_bucket(INTERVAL 7 MINUTES, ts, make_timestamp(0))", "time_bucket(to_microseconds(60000000), ts, make_timestamp(30000000)) + to_microseconds(60000000)",
  "extract(year FROM ts)", "CAST(date_trunc('hour', ts - INTERVAL 5 MINUTES) AS DATE) + 1",
])("%s rises with its column", async (sql) => {
  const expression = await planned(sql);
  const column = risesWith(expression);
  expect(column).toBeDefined();
  const rows = createRowCompiler();
  const value = rows.value(expression);
  const { type } = columnOf(expression);
  const [before, after] = [rows.compareValues(type), rows.compareValues(expression.type)];
  const random = seededRandom(1);
  const computed = (from: Value): Value | undefined => {
    const row: Value[] = [];
    row[column!] = from;
    return orFault(value, row);
  };
  expect(computed(null)).toBeNull();
  let compared = 0;
  const falling: unknown[] = [];
  for (let i = 0; i < 3000; i++) {
    const pair = [samples[type.id]!(random), samples[type.id]!(random)].sort(before) as [Value, Value];
    const [low, high] = pair.map(computed) as [Value | undefined, Value | undefined];
    if (low === undefined || high === undefined || low === null || high === null) continue;
    compared++;
    if (after(low, high) > 0) falling.push([pair, low, high]);
  }
  expect(falling).toEqual([]);
  expect(compared).toBeGreaterThan(200);
}); // prettier-ignore

test.each([
  "5 - b", "-b", "b * -1", "b * 0", "a + a", "abs(b)", "b % 7", "CAST(b AS VARCHAR)", "CAST(ts AS TIME)", "ts + INTERVAL 1 MONTH",
  "ts - INTERVAL 1 YEAR", "tm + INTERVAL 1 HOUR", "extract(hour FROM ts)", "coalesce(b, 0)", "CASE WHEN b > 3 THEN 0 ELSE b END",
  "time_bucket(INTERVAL 1 DAY, ts, INTERVAL 1 MONTH)", "c * CAST('inf' AS DOUBLE)", "date_trunc(s, ts)",
])("%s is not known to rise", async (sql) => {
  expect(risesWith(await planned(sql))).toBeUndefined();
}); // prettier-ignore

function columnOf(expression: Expression): Extract<Expression, { readonly kind: "column" }> {
  if (expression.kind === "column") return expression;
  const children = expression.kind === "cast" ? [expression.child] : expression.kind === "call" ? expression.args : [];
  return columnOf(children.find(({ kind }) => kind !== "constant")!);
}

function orFault(value: (row: Row) => Value, row: Row): Value | undefined {
  try {
    return value(row);
  } catch (error) {
    if (error instanceof EvaluationError) return undefined;
    throw error;
  }
}
