import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { createRowCompiler } from "../../src/expression/create-row-compiler.ts";
import { createPartitionTopK } from "../../src/operators/top-k-per-partition.ts";
import type { Expression, FilterNode, PlanType, WindowNode } from "../../src/plan/types.ts";
import type { Delta, Row } from "../../src/types.ts";
import { openQueryBench, type QueryBench } from "../aggregates/query-bench.ts";

let bench: QueryBench;
beforeAll(async () => {
  bench = await openQueryBench();
});
afterAll(() => bench.close());

const integer: PlanType = { id: "INTEGER" };
const bigint: PlanType = { id: "BIGINT" };
const column = (index: number, type: PlanType): Expression => ({ kind: "column", index, type });

/** row_number() OVER (PARTITION BY #0 ORDER BY #1) over rows of two integers. */
function numbering(name = "row_number"): WindowNode {
  const types = [integer, integer];
  return {
    kind: "window",
    types: [...types, bigint],
    input: { kind: "scan", relation: "t", columns: [0, 1], filters: [], types },
    calls: [
      {
        ...{ name, args: [], distinct: false, filter: undefined, argumentOrder: [], ignoreNulls: false, type: bigint },
        ...{ offset: undefined, default: undefined, partitions: [column(0, integer)] },
        orders: [{ expression: column(1, integer), descending: false, nullsFirst: false }],
        frame: { unit: "range", start: { kind: "unbounded preceding" }, end: { kind: "current row" }, exclude: "none" },
      },
    ],
  };
}

function where(...predicates: Expression[]): FilterNode {
  return { kind: "filter", input: numbering(), predicates, types: [integer, integer, bigint] };
}

function compareNumber(op: "<=" | "<" | "=" | ">=" | ">", value: bigint): Expression {
  const right: Expression = { kind: "constant", value, type: bigint };
  return { kind: "compare", op, left: column(2, bigint), right, type: { id: "BOOLEAN" } };
}

describe("createPartitionTopK", () => {
  it.each(["row_number() OVER (PARTITION BY g ORDER BY i DESC, s, x)", "row_number() OVER (ORDER BY i DESC, s, x)"])(
    "gives the rows whose %s is small",
    async (call) => {
      for (const condition of ["n < 3", "3 >= n", "n = 2", "n BETWEEN 2 AND 4", "n <= 3 AND s <> 'a'", "n <= 0"]) {
        await bench.check(`SELECT g, i, s, x, n FROM (SELECT g, i, s, x, ${call} AS n FROM t) WHERE ${condition}`, { seed: 3 });
      }
    },
  );

  it.each(["rank", "dense_rank"])("gives all rows that share a small %s", async (name) => {
    for (const seed of [1, 2]) {
      for (const condition of ["n <= 2", "n = 2"]) {
        const numbered = `SELECT g, i, s, ${name}() OVER (PARTITION BY g ORDER BY i NULLS FIRST) AS n FROM t`;
        await bench.check(`SELECT g, i, s, n FROM (${numbered}) WHERE ${condition}`, { seed });
      }
    }
  });

  it("leaves other conditions and windows to the operators for them", () => {
    const rows = createRowCompiler();
    expect(createPartitionTopK(where(compareNumber(">", 3n)), numbering(), rows)).toBeUndefined();
    expect(createPartitionTopK(where(compareNumber(">=", 3n)), numbering(), rows)).toBeUndefined();
    expect(createPartitionTopK(where(compareNumber("<=", 3n)), numbering("ntile"), rows)).toBeUndefined();
    expect(createPartitionTopK(where(compareNumber("<=", 3n)), numbering(), rows)).toBeDefined();
  });

  it("looks at no more rows of a large partition than of a small one", () => {
    const seen = (size: number): number => {
      let reads = 0;
      const operator = createPartitionTopK(where(compareNumber("<=", 2n)), numbering(), createRowCompiler());
      const row = (order: number): Row => Object.defineProperty([1, order], 1, { get: () => (reads++, order), enumerable: true });
      const delta = (orders: readonly number[], weight: number): Delta => orders.map((order) => [row(order), weight] as const);
      operator?.step([
        delta(
          Array.from({ length: size }, (_, i) => i * 2),
          1,
        ),
      ]);
      reads = 0;
      operator?.step([delta([1, size, 3], 1)]);
      operator?.step([delta([1, 0], -1)]);
      expect(operator?.retained).toBe(size);
      return reads;
    };
    expect(seen(64_000)).toBeLessThan(seen(1_000) * 2);
  });
});
