import type { RowCompiler } from "../expression/row-compiler.ts";
import type { DistinctNode, Expression, PlanNode, UnnestNode } from "../plan/types.ts";
import { lowest, noBounds, type Bound, type Bounds } from "./bound.ts";
import { expressionBound } from "./expression-bound.ts";
import { joinBounds } from "./join-bounds.ts";
import { nothingRises, type Rising } from "./rising.ts";
import { windowBounds } from "./window-bounds.ts";

/** What is known of a node's columns, some of which rise, when this is known of its inputs'. */
export function nodeBounds(node: PlanNode, inputs: readonly Bounds[], rows: RowCompiler, rising: Rising = nothingRises): Bounds {
  const [input = noBounds, other = noBounds] = inputs;
  if (inputs.every(({ size }) => size === 0)) return noBounds;
  switch (node.kind) {
    case "scan":
      return collect(node.columns, (column) => input.get(column));
    case "filter":
      return input;
    case "project":
      return expressionBounds(node.expressions, input, rows);
    case "join":
      return joinBounds(node, input, other, rows);
    case "aggregate":
      // A row of the output changes only when its group does.
      if (node.groups.length > 0) return expressionBounds(node.groups, input, rows);
      return collect(node.aggregates, ({ args }, i) => (rising.has(i) ? expressionBound(args[0]!, input, rows) : undefined));
    case "distinct":
      return distinctBounds(node, input);
    case "set":
      return setBounds(node.types.length, inputs);
    case "window":
      return windowBounds(node, input, rows);
    case "unnest":
      return unnestBounds(node, input, rows);
    case "values":
    case "order":
    case "limit":
    case "delim":
    case "cte":
    case "cte_ref":
      return noBounds;
  }
}

/** What is known of the values of expressions. */
export function expressionBounds(expressions: readonly Expression[], input: Bounds, rows: RowCompiler): Bounds {
  return collect(expressions, (expression) => expressionBound(expression, input, rows));
}

function collect<T>(columns: readonly T[], boundOf: (column: T, i: number) => Bound | undefined): Bounds {
  const bounds = new Map<number, Bound>();
  columns.forEach((column, i) => {
    const bound = boundOf(column, i);
    if (bound !== undefined) bounds.set(i, bound);
  });
  return bounds;
}

/** With DISTINCT ON a row goes when another one takes its place: only what they have in common stays above the bound. */
function distinctBounds({ on }: DistinctNode, input: Bounds): Bounds {
  return on === undefined ? input : onlyColumns(input, on.targets);
}

/** The bounds of columns that are among the expressions. */
export function onlyColumns(input: Bounds, expressions: readonly Expression[]): Bounds {
  return new Map([...input].filter(([column]) => expressions.some((each) => each.kind === "column" && each.index === column)));
}

function setBounds(width: number, inputs: readonly Bounds[]): Bounds {
  return collect(
    Array.from({ length: width }, (_, i) => i),
    (column) => {
      const bounds = inputs.flatMap((input) => input.get(column) ?? []);
      return bounds.length === inputs.length ? lowest(bounds) : undefined;
    },
  );
}

/** A list written out, as HOP has it, gives values above the bound of the lowest of them. */
function unnestBounds(node: UnnestNode, input: Bounds, rows: RowCompiler): Bounds {
  const width = node.input.types.length;
  const bounds = new Map(input);
  node.lists.forEach((list, i) => {
    if (list.kind !== "call" || list.name !== "list_value" || list.args.length === 0) return;
    const items = list.args.flatMap((item) => expressionBound(item, input, rows) ?? []);
    if (items.length === list.args.length) bounds.set(width + i, lowest(items));
  });
  return bounds;
}
