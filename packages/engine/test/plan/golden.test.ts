import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { Planner } from "../../src/plan/plan-select.ts";
import { goldenQueries } from "./golden/queries.ts";
import { plannerForTests } from "./planned.ts";

/** The format of DuckDB's plans is not documented: after a change of its version look at what these files become. */
const updating = process.env["UPDATE_GOLDEN"] === "1";
const folder = join(import.meta.dirname, "golden");

let planner: Planner;
beforeAll(async () => {
  planner = await plannerForTests();
});
afterAll(() => planner.close());

const marked = (_key: string, value: unknown): unknown => {
  if (typeof value === "bigint") return { $bigint: String(value) };
  if (value instanceof Uint8Array) return { $bytes: Buffer.from(value).toString("hex") };
  return typeof value === "number" && !Number.isFinite(value) ? { $number: String(value) } : value;
};

describe("the plan of a query", () => {
  test.each(Object.entries(goldenQueries))("%s is as recorded (UPDATE_GOLDEN=1 records it anew, then format)", async (name, sql) => {
    const file = join(folder, `${name}.json`);
    const plan = `${JSON.stringify(await planner.plan(sql), marked, 1)}\n`;
    if (updating) writeFileSync(file, plan);
    expect(JSON.parse(plan)).toEqual(JSON.parse(readFileSync(file, "utf8")));
  });

  test("is recorded for no query that is gone", () => {
    const recorded = readdirSync(folder).filter((name) => name.endsWith(".json"));
    expect(recorded.map((name) => basename(name, ".json")).sort()).toEqual(Object.keys(goldenQueries).sort());
  });
});
