import type { Dataflow } from "../dataflow/dataflow.ts";
import type { DataflowGraph } from "../dataflow/graph.ts";
import type { RelationSql } from "../store/relation-sql.ts";
import type { Store } from "../store/store.ts";
import type { Delta, Program } from "../types.ts";
import type { Dependencies } from "./dependencies.ts";
import type { HowKept } from "./how-kept.ts";
import type { TableState } from "./table-state.ts";

/** The parts that a step works on. */
export interface RunningProgram {
  readonly program: Program;
  readonly dependencies: Dependencies;
  readonly kept: HowKept;
  /** Relations in the store. */
  readonly relations: ReadonlyMap<string, RelationSql>;
  readonly tables: ReadonlyMap<string, TableState>;
  readonly graph: DataflowGraph;
  readonly dataflow: Dataflow;
  readonly store: Store;
  /** What views that changed with the program have to tell with the next step: their whole content. */
  readonly untold: Map<string, Delta>;
  /** Those of them whose content is not computed yet, because nobody may want it: their tables are empty. */
  readonly untoldScratch: Set<string>;
}

/** Whether DuckDB computes the view anew in each step that changes what it reads. */
export const isRecomputed = ({ graph }: Pick<RunningProgram, "graph">, view: string): boolean =>
  graph.views.get(view)?.mode !== "incremental";
