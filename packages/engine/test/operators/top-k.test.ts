import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { openQueryBench, type QueryBench } from "../aggregates/query-bench.ts";

let bench: QueryBench;
beforeAll(async () => {
  bench = await openQueryBench();
});
afterAll(() => bench.close());

describe("createTopK", () => {
  it.each(["LIMIT 3", "LIMIT 5 OFFSET 2", "LIMIT 1000", "OFFSET 4", "LIMIT 2 OFFSET 1000"])(
    "keeps the first rows of an order: %s",
    async (limit) => {
      await bench.check(`SELECT i, s FROM t ORDER BY i DESC NULLS LAST, s ${limit}`);
      await bench.check(`SELECT x FROM t ORDER BY x NULLS FIRST ${limit}`, { seed: 2 });
    },
  );

  it("keeps the first groups of an aggregate", async () => {
    for (const seed of [1, 2, 3]) {
      await bench.check("SELECT s, count(*) AS c FROM t GROUP BY s ORDER BY c DESC, s LIMIT 3", { seed });
    }
  });

  it("refuses a LIMIT of rows in no order", async () => {
    expect(await bench.refusal("SELECT i FROM t LIMIT 3")).toContain("LIMIT without ORDER BY");
  });
});
