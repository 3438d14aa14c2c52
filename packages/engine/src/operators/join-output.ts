import type { RowCompiler } from "../expression/row-compiler.ts";
import type { JoinNode } from "../plan/types.ts";
import type { Row } from "../types.ts";
import { allColumns } from "./join-parts.ts";

/** How a left row stands to the right side. "unknown": no match, but a comparison with NULL might be one (mark joins only). */
export type Status = "none" | "unknown" | "some";

/** What a join gives for pairs that match and for rows according to how they stand to the other side. */
export interface JoinOutput {
  /** Undefined when pairs are not part of the output. */
  readonly pair: ((left: Row, right: Row) => Row) | undefined;
  /** What a left row of this status gives by itself; undefined: nothing. */
  readonly left: (row: Row, status: Status) => Row | undefined;
  /** What a right row without match gives by itself; undefined for joins in which it gives nothing. */
  readonly right: ((row: Row) => Row) | undefined;
  /** More than one match of a left row is a fault. */
  readonly single: boolean;
}

/** The output of each type of join but right, which is a left join seen from the other side. */
export function createJoinOutput(node: JoinNode, rows: RowCompiler): JoinOutput {
  const { joinType, left, right } = node;
  const leftWidth = left.types.length;
  const combine = (): ((left: Row, right: Row) => Row) => rows.joinRow(allColumns([...left.types, ...right.types]), leftWidth);
  switch (joinType) {
    case "inner":
      return { pair: combine(), left: () => undefined, right: undefined, single: false };
    case "left":
    case "right":
    case "full":
    case "single": {
      const pair = combine();
      const nullsLeft = left.types.map(() => null);
      const nullsRight = right.types.map(() => null);
      return {
        pair,
        left: joinType === "right" ? () => undefined : (row, status) => (status === "some" ? undefined : pair(row, nullsRight)),
        right: joinType === "right" || joinType === "full" ? (row) => pair(nullsLeft, row) : undefined,
        single: joinType === "single",
      };
    }
    case "semi":
      return { pair: undefined, left: (row, status) => (status === "some" ? row : undefined), right: undefined, single: false };
    case "anti":
      return { pair: undefined, left: (row, status) => (status === "some" ? undefined : row), right: undefined, single: false };
    case "mark": {
      const marked = rows.joinRow(allColumns([...left.types, { id: "BOOLEAN" }]), leftWidth);
      const marks = { none: [false], unknown: [null], some: [true] } as const;
      return { pair: undefined, left: (row, status) => marked(row, marks[status]), right: undefined, single: false };
    }
  }
}
