import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { findCast } from "../../src/expression/casts/find-cast.ts";
import type { PlanType } from "../../src/plan/types.ts";
import { openBench, type Bench } from "./agree.ts";
import { castSamples } from "./cast-samples.ts";

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

const types = Object.keys(castSamples);

function planType(sql: string): PlanType {
  const decimal = /^DECIMAL\((\d+),(\d+)\)$/.exec(sql);
  if (decimal !== null) return { id: "DECIMAL", width: Number(decimal[1]), scale: Number(decimal[2]) };
  return { id: (sql === "TIMESTAMPTZ" ? "TIMESTAMP_TZ" : sql) as PlanType["id"] };
}

test.each(types)("%s is cast as DuckDB does, to every type that is proven", async (from) => {
  const proven = types.filter((to) => to !== from && findCast(planType(from), planType(to)) !== undefined);
  const rows = castSamples[from]!.map((value) => [`(${value})::${from}`]);
  const casts = proven.flatMap((to) => [`CAST(a AS ${to})`, `TRY_CAST(a AS ${to})`]);
  expect(await bench.differences([from], rows, casts)).toEqual([]);
});
