import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api";
import { bindAggregate } from "../../src/aggregates/bind-aggregate.ts";
import { createRowCompiler } from "../../src/expression/create-row-compiler.ts";
import type { PlanType } from "../../src/plan/types.ts";
import type { Value } from "../../src/types.ts";
import { createDice } from "./dice.ts";

let instance: DuckDBInstance;
let connection: DuckDBConnection;
beforeAll(async () => {
  instance = await DuckDBInstance.create(":memory:", { threads: "1" });
  connection = await instance.connect();
});
afterAll(() => {
  connection.closeSync();
  instance.closeSync();
});

/** Our average of values with how often each is there. */
function average(type: PlanType, values: readonly (readonly [Value, number])[]): Value {
  const double: PlanType = { id: "DOUBLE" };
  const call = {
    name: "avg",
    args: [{ kind: "column", index: 0, type }],
    distinct: false,
    filter: undefined,
    orderBy: [],
    type: double,
  } as const;
  const accumulator = bindAggregate(call, createRowCompiler()).create();
  for (const [value, weight] of values) accumulator.add(value, weight);
  return accumulator.result();
}

async function duckdbAverages(type: string, groups: readonly (readonly (readonly [bigint, number])[])[]): Promise<unknown[]> {
  await connection.run(`CREATE OR REPLACE TABLE n(g INTEGER, v ${type}, c INTEGER)`);
  const rows = groups.flatMap((group, g) => group.map(([value, count]) => `(${g}, ${value}, ${count})`));
  await connection.run(`INSERT INTO n VALUES ${rows.join(", ")}`);
  const result = await connection.runAndReadAll("SELECT avg(v) FROM (SELECT g, v, unnest(range(c)) FROM n) GROUP BY g ORDER BY g");
  return result.getRows().map(([value]) => value);
}

describe("avg", () => {
  // Counts beyond 1024 and sums beyond 2^64 are where DuckDB's detour over `long double` shows.
  it.each([
    ["BIGINT", 2 ** 53, 4000],
    ["BIGINT", 1e5, 4000],
    ["HUGEINT", 2 ** 53, 3],
    ["INTEGER", 2 ** 30, 3000],
    ["SMALLINT", 30000, 3000],
  ] as const)("divides sums of %s below %d as DuckDB does, %d at a time", async (id, limit, most) => {
    const dice = createDice(limit);
    const scale = id === "HUGEINT" ? 123456789012345678n : 1n;
    const groups = Array.from({ length: 300 }, () => {
      const value = (): bigint => (BigInt(dice.below(limit)) - BigInt(Math.floor(limit / 3))) * scale;
      return [[value(), 1 + dice.below(most)] as const, [value(), 1] as const, [value(), 2] as const];
    });
    const ours = groups.map((group) => {
      const values = group.map(([value, count]) => [id === "INTEGER" || id === "SMALLINT" ? Number(value) : value, count] as const);
      return average({ id }, values);
    });
    expect(ours).toEqual(await duckdbAverages(id, groups));
  });
});
