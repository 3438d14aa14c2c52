import { describe, expect, test } from "@jest/globals";
import { createDataflow } from "../../src/dataflow/dataflow.ts";
import type { DataflowGraph } from "../../src/dataflow/graph.ts";
import { PartFault } from "../../src/dataflow/parts.ts";
import { createRowCompiler } from "../../src/expression/create-row-compiler.ts";
import type { Delta, DeltaEntry } from "../../src/types.ts";
import { graphOf } from "../operators/maintained-views.ts";

const tables = "CREATE TABLE t (a INT, b INT); CREATE TABLE u (a INT, c INT);\n";
const views = [
  "CREATE VIEW joined AS SELECT t.a, t.b, u.c FROM t JOIN u ON t.a = u.a WHERE t.b > 1",
  "CREATE VIEW summed AS SELECT a, count(*) AS n, sum(c) AS total FROM joined GROUP BY a",
  "CREATE VIEW pairs AS SELECT x.a, count(*) AS n, max(y.b) AS most FROM t x JOIN t y ON x.a = y.a GROUP BY x.a",
  "CREATE VIEW counted AS SELECT count(*) AS n, sum(b) AS total FROM t",
  "CREATE VIEW outer_joined AS SELECT t.b, u.c FROM t LEFT JOIN u ON t.a = u.a",
  "CREATE VIEW both_uses AS SELECT DISTINCT b FROM t UNION ALL SELECT count(*)::INT FROM t",
  "CREATE VIEW first_rows AS SELECT a, b FROM (SELECT a, b, row_number() OVER (PARTITION BY a ORDER BY b) AS n FROM t) WHERE n <= 2",
  "CREATE VIEW copied AS SELECT * FROM u",
];

const graph = async (program: string): Promise<DataflowGraph> => (await graphOf(tables + program, createRowCompiler())).graph;
const rows = (count: number, spread: number): DeltaEntry[] => Array.from({ length: count }, (_, i) => [[i % spread, (i * 7) % 11], 1]);
const sorted = (delta: Delta): string[] => delta.map(([row, weight]) => `${row.join(" ")} x ${weight}`).sort();

describe("tables whose rows come in parts", () => {
  test("give every view what they give all at once, and leave the same state", async () => {
    const program = views.map((view) => `${view};`).join("\n");
    const content = new Map<string, readonly DeltaEntry[]>([
      ["t", rows(90, 9)],
      ["u", rows(60, 14)],
    ]);
    const whole = createDataflow(await graph(program));
    const inParts = createDataflow(await graph(program));
    const expected = whole.step(content);
    const handOver = inParts.beginInParts(new Map(), new Set(content.keys()));
    for (const [table, entries] of content) for (let at = 0; at < entries.length; at += 7) handOver(table, entries.slice(at, at + 7));
    const next = new Map<string, Delta>([
      ["t", [[[3, 5], 1], [[0, 0], -1]]],
      ["u", [[[3, 8], 1]]],
    ]); // prettier-ignore
    const names = views.map((view) => view.split(" ")[2]!);
    for (const name of names) expect([name, sorted(inParts.evaluate(name))]).toEqual([name, sorted(expected.get(name) ?? [])]);
    inParts.release();
    const expectedNext = whole.step(next);
    const found = inParts.step(next);
    for (const name of names) expect([name, sorted(found.get(name) ?? [])]).toEqual([name, sorted(expectedNext.get(name) ?? [])]);
    expect(inParts.retained).toBe(whole.retained);
  });

  test("say which view a row is a fault of", async () => {
    const dataflow = createDataflow(
      await graph("CREATE VIEW fine AS SELECT a FROM t; CREATE VIEW bad AS SELECT a, sum(b::TINYINT) AS s FROM t GROUP BY a;"),
    );
    const handOver = dataflow.beginInParts(new Map(), new Set(["t"]));
    handOver("t", [[[1, 1], 1]]);
    const fault = ((): unknown => {
      try {
        handOver("t", [[[1, 1000], 1]]);
        return undefined;
      } catch (error) {
        return error;
      }
    })();
    expect(fault).toBeInstanceOf(PartFault);
    expect((fault as PartFault).view).toBe("bad");
  });
});
