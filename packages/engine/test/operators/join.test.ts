import { describe, expect, test } from "@jest/globals";
import type { Operator } from "../../src/dataflow/operator.ts";
import { createJoin } from "../../src/operators/join.ts";
import type { Comparison, Expression, JoinCondition, JoinNode, JoinType, PlanType } from "../../src/plan/types.ts";
import { Unsupported } from "../../src/plan/unsupported.ts";
import type { Delta, Row } from "../../src/types.ts";
import { addRows, rowText, sorted } from "../runtime/model.ts";
import { interpretedRows } from "./interpreted-rows.ts";
import { Multiset } from "./maintained-views.ts";
import { randomSteps, withNoise } from "./random-deltas.ts";

const integer: PlanType = { id: "INTEGER" };
const boolean: PlanType = { id: "BOOLEAN" };
const column = (index: number): Expression => ({ kind: "column", index, type: integer });
const condition = (op: Comparison, left: number, right: number): JoinCondition => ({ op, left: column(left), right: column(right) });
const residual: Expression = { kind: "compare", op: "<", left: column(1), right: column(3), type: boolean };

function joinNode(joinType: JoinType, conditions: readonly JoinCondition[], residual: Expression | undefined = undefined): JoinNode {
  const side = (relation: string) => ({ kind: "scan", relation, columns: [0, 1], filters: [], types: [integer, integer] }) as const;
  const width = joinType === "semi" || joinType === "anti" ? 2 : joinType === "mark" ? 3 : 4;
  const types = Array.from({ length: width }, (_, i) => (joinType === "mark" && i === 2 ? boolean : integer));
  return { kind: "join", joinType, left: side("l"), right: side("r"), conditions, residual, delim: undefined, types };
}

type Truth = boolean | null;

/** A comparison of two columns in SQL's three values, written apart from the code under test. */
function holds(op: Comparison, a: number | null, b: number | null): Truth {
  if (op === "is not distinct from") return a === b;
  if (op === "is distinct from") return a !== b;
  if (a === null || b === null) return null;
  return { "=": a === b, "<>": a !== b, "<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b }[op];
}

function truthOf(node: JoinNode, left: Row, right: Row): Truth {
  const at = (row: Row, e: Expression) => row[(e as { index: number }).index] as number | null;
  const truths = node.conditions.map(({ op, left: x, right: y }) => holds(op, at(left, x), at(right, y)));
  if (node.residual !== undefined) truths.push(holds("<", left[1] as number | null, right[1] as number | null));
  return truths.includes(false) ? false : truths.includes(null) ? null : true;
}

/** The join by its definition: every left row with every right row. */
function naiveJoin(node: JoinNode, lefts: readonly Row[], rights: readonly Row[]): Row[] {
  const nulls = [null, null];
  const { joinType } = node;
  const output: Row[] = [];
  const met = new Set<Row>();
  for (const left of lefts) {
    const truths = rights.map((right) => truthOf(node, left, right));
    const matches = rights.filter((_, i) => truths[i] === true);
    for (const match of matches) met.add(match);
    if (joinType === "semi" || joinType === "anti") {
      if (matches.length > 0 === (joinType === "semi")) output.push(left);
    } else if (joinType === "mark") {
      output.push([...left, matches.length > 0 ? true : truths.includes(null) ? null : false]);
    } else {
      output.push(...matches.map((match) => [...left, ...match]));
      if (matches.length === 0 && joinType !== "inner" && joinType !== "right") output.push([...left, ...nulls]);
    }
  }
  if (joinType === "right" || joinType === "full")
    output.push(...rights.filter((right) => !met.has(right)).map((right) => [...nulls, ...right]));
  return output;
}

/** Rows of a multiset as separate objects, so that each copy can be told apart. */
const copies = (content: Multiset): Row[] => content.rows().map((row) => [...row]);

function follow(node: JoinNode, seed: number): void {
  const operator = createJoin(node, interpretedRows);
  const [left, right, output] = [new Multiset(), new Multiset(), new Multiset()];
  const values = [null, 0, 1, 2];
  for (const step of randomSteps({ l: [values, values], r: [values, values] }, 25, seed)) {
    const [l, r] = [step.get("l") ?? [], step.get("r") ?? []];
    output.add(operator.step([withNoise(l, left.rows(), seed), withNoise(r, right.rows(), seed + 1)]));
    left.add(l);
    right.add(r);
    expect(sorted(addRows(new Map(), output.rows()))).toEqual(sorted(addRows(new Map(), naiveJoin(node, copies(left), copies(right)))));
  }
}

const asked = {
  "equal keys": [[condition("=", 0, 0)], undefined],
  "two equal keys": [[condition("=", 0, 0), condition("=", 1, 1)], undefined],
  "keys where NULL is equal to NULL": [[condition("is not distinct from", 0, 0)], undefined],
  "keys of both kinds": [[condition("is not distinct from", 0, 0), condition("=", 1, 1)], undefined],
  "equal keys and more": [[condition("=", 0, 0)], residual],
  "a comparison that is no key": [[condition(">=", 0, 1)], undefined],
  "an inequality": [[condition("<>", 0, 0), condition("is distinct from", 1, 1)], undefined],
  nothing: [[], undefined],
  "a residual condition alone": [[], residual],
} as const;

describe.each(["inner", "left", "right", "full", "semi", "anti"] as const)("a %s join", (type) => {
  test.each(Object.entries(asked))(
    "on %s equals its definition after every step, in whatever form changes come",
    (_, [conditions, rest]) => {
      for (const seed of [1, 2]) follow(joinNode(type, conditions, rest), seed);
    },
  );
});

describe("a mark join", () => {
  const marks = {
    equality: [condition("=", 0, 0)],
    "equality within groups": [condition("is not distinct from", 1, 1), condition("=", 0, 0)],
    "groups alone": [condition("is not distinct from", 1, 1)],
    order: [condition("<", 0, 0)],
    inequality: [condition("<>", 0, 0)],
  };
  test.each(Object.entries(marks))("on %s is three-valued", (_, conditions) => {
    for (const seed of [1, 2, 3]) follow(joinNode("mark", conditions), seed);
  });

  test("on an equality and an inequality is left to DuckDB", () => {
    const conditions = [condition("=", 0, 0), condition("<", 1, 1)];
    expect(() => createJoin(joinNode("mark", conditions), interpretedRows)).toThrow(Unsupported);
  });
});

describe.each([
  ["equal keys", undefined],
  ["more than equal keys", residual],
] as const)("a single join on %s", (_, rest) => {
  const start = (): Operator => createJoin(joinNode("single", [condition("=", 0, 0)], rest), interpretedRows);
  const given = (delta: Delta): string[] => delta.map(([row, weight]) => `${rowText(row)} × ${weight}`).sort();

  test("gives NULLs until there is a row, and NULLs again when it goes", () => {
    const join = start();
    expect(given(join.step([[[[1, 1], 1]], []]))).toEqual(given([[[1, 1, null, null], 1]]));
    expect(given(join.step([[], [[[1, 5], 1]]]))).toEqual(given([[[1, 1, null, null], -1], [[1, 1, 1, 5], 1]])); // prettier-ignore
    expect(given(join.step([[], [[[1, 5], -1]]]))).toEqual(given([[[1, 1, 1, 5], -1], [[1, 1, null, null], 1]])); // prettier-ignore
  });

  test("faults when a second row is there at the end of a step, and not within it", () => {
    const join = start();
    join.step([[[[1, 1], 1]], [[[1, 5], 1]]]);
    join.step([[], [[[1, 6], 1], [[1, 5], -1]]]); // prettier-ignore
    expect(() => join.step([[], [[[1, 7], 1]]])).toThrow("More than one row returned by a subquery");
  });

  test("faults for a row that meets two", () => {
    const join = start();
    join.step([[], [[[1, 5], 1], [[1, 6], 1]]]); // prettier-ignore
    expect(() => join.step([[[[1, 1], 1]], []])).toThrow("More than one row returned by a subquery");
  });

  test("does not mind two rows that nobody asks for", () => {
    const join = start();
    expect(join.step([[[[2, 1], 1], [[null, 1], 1]], [[[1, 5], 2]]])).toHaveLength(2); // prettier-ignore
  });
});

test("a join lets go of the rows that are gone", () => {
  for (const type of ["inner", "left", "full", "semi", "mark"] as const) {
    const join = createJoin(joinNode(type, [condition("=", 0, 0)]), interpretedRows);
    const rows = Array.from({ length: 40 }, (_, i): Row => [i % 3 === 0 ? null : i % 3, i]);
    join.step([rows.map((row) => [row, 1]), rows.map((row) => [row, 2])]);
    expect(join.retained).toBeGreaterThan(0);
    join.step([rows.map((row) => [[...row], -1]), rows.map((row) => [[...row], -2])]);
    expect([type, join.retained]).toEqual([type, 0]);
  }
});
