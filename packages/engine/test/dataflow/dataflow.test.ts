import { describe, expect, test } from "@jest/globals";
import { createDataflow, type Dataflow } from "../../src/dataflow/dataflow.ts";
import { describeDataflow } from "../../src/dataflow/describe-dataflow.ts";
import type { DataflowGraph } from "../../src/dataflow/graph.ts";
import type { DataflowNode } from "../../src/dataflow/operator.ts";
import type { Delta } from "../../src/types.ts";
import { graphOf } from "../operators/maintained-views.ts";
import { interpretedRows } from "../operators/interpreted-rows.ts";

const tables = "CREATE TABLE t (a INT, b INT); CREATE TABLE u (a INT, c INT);\n";
const graph = async (views: string): Promise<DataflowGraph> => (await graphOf(tables + views, interpretedRows)).graph;
const nodeOf = ({ relations }: DataflowGraph, name: string): DataflowNode => relations.get(name)!;
const of = (entries: Readonly<Record<string, Delta>>): ReadonlyMap<string, Delta> => new Map(Object.entries(entries));

describe("the graph of a program", () => {
  test("has a view's node below the views that read it", async () => {
    const built = await graph("CREATE VIEW x AS SELECT a FROM t WHERE b = 1; CREATE VIEW y AS SELECT a FROM x;");
    expect(nodeOf(built, "y").inputs).toEqual([nodeOf(built, "x")]);
  });

  test("has what two views have in common once", async () => {
    const join = "SELECT t.a, u.c FROM t JOIN u ON t.a = u.a";
    const built = await graph(`CREATE VIEW x AS ${join}; CREATE VIEW y AS SELECT c FROM (${join}) UNION ALL SELECT a FROM t;`);
    expect(built.nodes.filter(({ label }) => label === "join")).toHaveLength(1);
  });

  test("tells constants apart that print alike", async () => {
    const built = await graph("CREATE VIEW x AS SELECT a FROM t WHERE b = 1; CREATE VIEW y AS SELECT a FROM t WHERE b = 2;");
    expect(nodeOf(built, "x").inputs[0]).not.toBe(nodeOf(built, "y").inputs[0]);
  });

  test("has a source for a view that is not proven, says why, and keeps nothing of the attempt", async () => {
    const built = await graph(
      "CREATE VIEW x AS SELECT a FROM (SELECT DISTINCT t.a FROM t JOIN u ON t.a = u.a) q LIMIT 1;" +
        "CREATE VIEW y AS SELECT a FROM x WHERE a = 1;",
    );
    expect(built.views.get("x")).toEqual({ mode: "recompute", reason: "LIMIT without ORDER BY: which rows it gives is arbitrary" });
    expect(built.views.get("y")).toEqual({ mode: "incremental" });
    expect(nodeOf(built, "x")).toMatchObject({ inputs: [], operator: undefined, relation: "x" });
    expect(built.nodes.map(({ label }) => label)).toEqual(["error_view", "x", "scan", "view"]);
  });

  test("is described for people", async () => {
    const { nodes, views } = describeDataflow(await graph("CREATE VIEW x AS SELECT t.b, u.c FROM t JOIN u ON t.a = u.a AND t.b < u.c;"));
    expect(views.get("x")).toEqual({ mode: "incremental" });
    const join = nodes.find(({ label }) => label === "join")!;
    expect(join.detail).toBe("inner on t.b < u.c and t.a = u.a");
    expect(join.inputs.map((id) => nodes[id]!.relation)).toEqual(["t", "u"]);
  });

  test("says when a join has to look at every pair", async () => {
    const { nodes } = describeDataflow(
      await graph("CREATE VIEW x AS SELECT t.b FROM t JOIN u ON t.b < u.c; CREATE VIEW y AS SELECT t.a FROM t, u;"),
    );
    expect(nodes.filter(({ label }) => label === "join").map(({ detail }) => detail)).toEqual([
      "inner on t.b < u.c, nested loop",
      "inner, cross product",
    ]);
  });

  test("stands in order: inputs before what reads them", async () => {
    const built = await graph(
      "CREATE VIEW x AS SELECT t.b, u.c FROM t LEFT JOIN u ON t.a = u.a; CREATE VIEW y AS SELECT DISTINCT b FROM x;",
    );
    for (const [id, node] of built.nodes.entries()) {
      expect(node.id).toBe(id);
      for (const input of node.inputs) expect(input.id).toBeLessThan(id);
    }
  });
});

/** The same graph, with how often each operator ran. */
function counted(built: DataflowGraph): { readonly graph: DataflowGraph; readonly runs: number[] } {
  const runs = built.nodes.map(() => 0);
  const nodes: DataflowNode[] = [];
  for (const node of built.nodes) {
    const { operator } = node;
    const step: NonNullable<DataflowNode["operator"]>["step"] = (inputs) => {
      runs[node.id]!++;
      return operator!.step(inputs);
    };
    nodes.push({ ...node, inputs: node.inputs.map(({ id }) => nodes[id]!), operator: operator && { step, retained: 0 } });
  }
  const relations = new Map([...built.relations].map(([name, { id }]) => [name, nodes[id]!]));
  return { graph: { ...built, nodes, relations }, runs };
}

describe("a dataflow in motion", () => {
  test("changes only the rows that a bound has moved over", async () => {
    const built = await graph("CREATE VIEW x AS SELECT t.b FROM t WHERE t.a >= (SELECT max(u.a) FROM u);");
    expect(built.nodes.map(({ label, detail }) => `${label}: ${detail}`)).toContain("moving bound: t.a >= max(u.a)");
    const dataflow = createDataflow(built);
    const rows = Array.from({ length: 1000 }, (_, i): [number[], number] => [[i, i], 1]);
    expect(dataflow.step(of({ t: rows, u: [[[500, 0], 1]] })).get("x")).toHaveLength(500);
    expect(dataflow.step(of({ u: [[[502, 0], 1]] })).get("x")).toEqual([[[500], -1], [[501], -1]]); // prettier-ignore
    expect(dataflow.step(of({ u: [[[502, 0], -1]] })).get("x")).toEqual([[[500], 1], [[501], 1]]); // prettier-ignore
  });

  test("gives the first step's content of views that read nothing, and nothing after", async () => {
    const dataflow = createDataflow(await graph("CREATE VIEW x AS SELECT 1 AS one; CREATE VIEW n AS SELECT count(*) AS n FROM t;"));
    expect([...dataflow.step(new Map())]).toEqual([["x", [[[1], 1]]], ["n", [[[0n], 1]]]]); // prettier-ignore
    expect(dataflow.step(new Map()).size).toBe(0);
  });

  test("runs each node once in a step, and later only when an input changed", async () => {
    const { graph: watched, runs } = counted(
      await graph("CREATE VIEW x AS SELECT DISTINCT b FROM t; CREATE VIEW y AS SELECT b FROM x UNION ALL SELECT c FROM u;"),
    );
    const dataflow = createDataflow(watched);
    dataflow.step(new Map());
    const first = [...runs];
    expect(Math.max(...first)).toBe(1);
    dataflow.step(of({ u: [[[1, 1], 1]] }));
    const x = watched.relations.get("x")!;
    expect(runs[x.id]).toBe(1);
    expect(runs[watched.relations.get("y")!.id]).toBe(2);
  });

  test("consolidates at the boundary of a view", async () => {
    const dataflow = createDataflow(await graph("CREATE VIEW x AS SELECT b FROM t;"));
    expect(dataflow.step(of({ t: [[[1, 7], 1], [[2, 7], 1]] })).get("x")).toEqual([[[7], 2]]); // prettier-ignore
    expect(dataflow.step(of({ t: [[[1, 7], -1], [[3, 7], 1]] })).has("x")).toBe(false); // prettier-ignore
  });

  const middle =
    "CREATE VIEW x AS SELECT a FROM t LIMIT 1; CREATE VIEW y AS SELECT DISTINCT a FROM x; CREATE VIEW z AS SELECT a FROM t WHERE b = 1;";
  const drive = (dataflow: Dataflow, t: Delta, x: Delta): Record<string, Delta> => {
    dataflow.begin(of({ t }));
    dataflow.provide("x", x);
    return { y: dataflow.evaluate("y"), z: dataflow.evaluate("z") };
  };

  test("takes the change of a recomputed view from outside", async () => {
    const dataflow = createDataflow(await graph(middle));
    expect(drive(dataflow, [[[5, 1], 1]], [[[5], 1]])).toEqual({ y: [[[5], 1]], z: [[[5], 1]] });
    expect(drive(dataflow, [], [[[5], -1], [[6], 1]])).toEqual({ y: [[[5], -1], [[6], 1]], z: [] }); // prettier-ignore
    expect(dataflow.retained).toBe(1);
  });

  test("refuses to be driven wrongly", async () => {
    const dataflow = createDataflow(await graph(middle));
    expect(() => dataflow.step(new Map())).toThrow("'x' is recomputed");
    dataflow.begin(new Map());
    expect(() => dataflow.evaluate("x")).toThrow("'x' is not an incremental view");
    expect(() => dataflow.provide("y", [])).toThrow("'y' is not a source");
  });
});
