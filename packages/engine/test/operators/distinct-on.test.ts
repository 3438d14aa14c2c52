import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { openQueryBench, type QueryBench } from "../aggregates/query-bench.ts";

let bench: QueryBench;
beforeAll(async () => {
  bench = await openQueryBench();
});
afterAll(() => bench.close());

describe("createDistinctOn", () => {
  it("gives the first row of each group in the order", async () => {
    for (const seed of [1, 2, 3]) {
      await bench.check("SELECT DISTINCT ON (g) g, i, s FROM t ORDER BY g, i DESC NULLS LAST, s", { seed });
      await bench.check("SELECT DISTINCT ON (s, b) s, b, l, x FROM t ORDER BY l NULLS FIRST, x DESC", { seed });
    }
  });

  it("refuses to pick a row in no order", async () => {
    expect(await bench.refusal("SELECT DISTINCT ON (g) g, i FROM t")).toContain("DISTINCT ON without ORDER BY");
  });
});
