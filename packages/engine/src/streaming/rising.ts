import type { PlanNode } from "../plan/types.ts";
import { risesWith } from "./rises-with.ts";

/** Columns of a relation of at most one row whose value never falls, such as the time of the clock. */
export type Rising = ReadonlySet<number>;

export const nothingRises: Rising = new Set();

/** The rising columns of a node when these are those of its input. */
export function nodeRising(node: PlanNode, input: Rising): Rising {
  if (input.size === 0) return nothingRises;
  const follows = (column: number | undefined): boolean => column !== undefined && input.has(column);
  switch (node.kind) {
    case "scan":
      return node.filters.length > 0 ? nothingRises : positions(node.columns, follows);
    case "project":
      return positions(node.expressions, (expression) => follows(risesWith(expression)));
    case "aggregate": {
      if (node.groups.length > 0 || node.sets.length !== 1) return nothingRises;
      return positions(
        node.aggregates,
        ({ name, args: [argument], filter }) =>
          name === "max" && filter === undefined && argument !== undefined && follows(risesWith(argument)),
      );
    }
    default:
      return nothingRises;
  }
}

function positions<T>(items: readonly T[], isRising: (item: T) => boolean): Rising {
  return new Set(items.flatMap((item, i) => (isRising(item) ? [i] : [])));
}
