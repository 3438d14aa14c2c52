import { expect, test } from "@jest/globals";
import { expression, list, optional, query, render, sequence, shrinkTree } from "./sql-tree.ts";

const column = expression("INTEGER", "0", "a.x");
const tree = query(
  "SELECT ",
  list([column, expression("INTEGER", "0", "abs(", column, ")")]),
  " FROM (",
  query("SELECT 1 AS x"),
  ") AS a",
  optional(" WHERE TRUE"),
);

test("a tree shrinks to its inner query, fewer items, plainer values and without what may go", () => {
  expect([...shrinkTree(tree)].map(render)).toEqual([
    "SELECT 1 AS x",
    "SELECT a.x FROM (SELECT 1 AS x) AS a WHERE TRUE",
    "SELECT abs(a.x) FROM (SELECT 1 AS x) AS a WHERE TRUE",
    "SELECT 0, abs(a.x) FROM (SELECT 1 AS x) AS a WHERE TRUE",
    "SELECT a.x, a.x FROM (SELECT 1 AS x) AS a WHERE TRUE",
    "SELECT a.x, 0 FROM (SELECT 1 AS x) AS a WHERE TRUE",
    "SELECT a.x, abs(0) FROM (SELECT 1 AS x) AS a WHERE TRUE",
    "SELECT a.x, abs(a.x) FROM (SELECT 1 AS x) AS a",
  ]);
});

test("what is as simple as can be does not shrink", () => {
  expect([...shrinkTree(sequence("SELECT ", list([expression("INTEGER", "0", "0")])))]).toEqual([]);
});
