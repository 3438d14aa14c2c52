import type { Delta, Value } from "../types.ts";

/**
 * What identifies a row, a group or a join partner: equal keys exactly when the values are equal (Law 4: never a hash alone). A
 * number, bigint, boolean or string may stand for itself; several values become one string that no other values give.
 */
export type Key = Value;

/**
 * One operator of the dataflow. It keeps what it needs of its inputs' past and turns their changes into the change of its output.
 *
 * - Deltas may hold a row several times with weights that cancel: consumers add up. Weights are never 0.
 * - An operator must not depend on the order of entries: its output's accumulated rows are a function of its inputs' accumulated rows.
 *   State is rebuilt from stored tables after a restart, in whatever order they come.
 * - Input deltas, rows included, are shared: never change one.
 * - A fault of the query's own (overflow, a cast that fails) is thrown as `EvaluationError`; the step is then lost with the pipeline.
 */
export interface Operator {
  /** One delta per input, in order. Called in the first step, and later when an input changed, or in every step. */
  step(inputs: readonly Delta[]): Delta;
  /** Takes part in every step, because its output follows more than its inputs. */
  readonly everyStep?: boolean;
  /**
   * Forgets what no change to come can touch, when it pays to look for it. Called at the end of each step. What was given of it stays:
   * it is not taken back. Undefined when nothing of the kind is known.
   */
  readonly release?: (() => void) | undefined;
  /** Whether rows that only come may be handed to it in parts: what it gives for all of them is the sum of what it gives for each part. */
  readonly inParts?: boolean;
  /** Takes a part of the next step's input (its only one), of rows that only come. Undefined: all has to come with the step. */
  accept?(part: Delta): void;
  /** The columns of its input's rows that it looks at; undefined: all. */
  readonly reads?: ReadonlySet<number>;
  /** Rows (or groups) held now. */
  readonly retained: number;
}

/** A node of the dataflow of a whole program. Inputs stand before what reads them. */
export interface DataflowNode {
  readonly id: number;
  /** For people: "join", "aggregate", …; the view's or table's name for a source. */
  readonly label: string;
  /** What it does, in a line: the join's condition, the grouped columns. */
  readonly detail: string;
  readonly inputs: readonly DataflowNode[];
  /** Undefined for a source: a table, or a view that is recomputed. */
  readonly operator: Operator | undefined;
  /** The table or view for a source; the view whose content this node gives, for the last node of a view. */
  readonly relation: string | undefined;
}
