import type { Maintenance } from "../engine.ts";
import type { Watermarks } from "../streaming/watermarks.ts";
import type { DataflowNode } from "./operator.ts";

/** All views of a program as one graph of operators. Operators keep state: one graph serves one running program. */
export interface DataflowGraph {
  /** Inputs stand before what reads them. */
  readonly nodes: readonly DataflowNode[];
  /** How each view is kept, in order of declaration. */
  readonly views: ReadonlyMap<string, Maintenance>;
  /**
   * The node that gives each relation's changes: a source for tables and recomputed views, the last operator for the other views.
   * A table that no view reads has none.
   */
  readonly relations: ReadonlyMap<string, DataflowNode>;
  /** What the tables' columns with LATENESS have seen: the bounds in the graph follow it. */
  readonly watermarks: Watermarks;
}
