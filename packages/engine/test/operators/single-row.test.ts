import { expect, test } from "@jest/globals";
import { createDataflow, type Dataflow } from "../../src/dataflow/dataflow.ts";
import { createRowCompiler } from "../../src/expression/create-row-compiler.ts";
import type { Delta } from "../../src/types.ts";
import { graphOf } from "./maintained-views.ts";

async function start(): Promise<(delta: Delta) => Delta | undefined> {
  const { graph } = await graphOf("CREATE TABLE u (c INT, d INT); CREATE VIEW x AS SELECT (SELECT c FROM u) AS m;", createRowCompiler());
  const dataflow: Dataflow = createDataflow(graph);
  return (delta) => dataflow.step(new Map([["u", delta]])).get("x");
}

test("a scalar subquery is NULL without a row, from the first step on", async () => {
  const step = await start();
  expect(step([])).toEqual([[[null], 1]]);
  expect(step([[[7, 0], 1]])).toEqual([[[null], -1], [[7], 1]]); // prettier-ignore
  expect(step([[[7, 0], -1], [[7, 1], 1]])).toBeUndefined(); // prettier-ignore
  expect(step([[[7, 1], -1]])).toEqual([[[7], -1], [[null], 1]]); // prettier-ignore
});

test("a second row is a fault at the end of a step, in whatever order rows come", async () => {
  const step = await start();
  step([[[7, 0], 1]]);
  expect(step([[[8, 0], 1], [[7, 0], -1]])).toEqual([[[7], -1], [[8], 1]]); // prettier-ignore
  expect(() => step([[[8, 1], 1]])).toThrow("More than one row returned by a subquery");
});
