import { buildDataflow } from "../../src/dataflow/build-dataflow.ts";
import { createDataflow } from "../../src/dataflow/dataflow.ts";
import type { DataflowGraph } from "../../src/dataflow/graph.ts";
import type { RowCompiler } from "../../src/expression/row-compiler.ts";
import { openPlanner } from "../../src/plan/plan-select.ts";
import type { PlanNode } from "../../src/plan/types.ts";
import { Unsupported } from "../../src/plan/unsupported.ts";
import { viewQuery } from "../../src/runtime/view-query.ts";
import type { Delta, Program, Row } from "../../src/types.ts";
import { openPlainDuckDB } from "../oracle/plain-duckdb.ts";
import { addDelta, addRows, compiled, rowText, sorted, type Bag } from "../runtime/model.ts";

/** The graph of a program's views. */
export async function graphOf(sql: string, rows: RowCompiler): Promise<{ readonly program: Program; readonly graph: DataflowGraph }> {
  const program = await compiled(sql);
  const planner = await openPlanner([...program.tables, ...program.views]);
  try {
    const plans = new Map<string, PlanNode | Unsupported>();
    for (const view of program.views) plans.set(view.name, await planned(() => planner.plan(viewQuery(view))));
    return { program, graph: buildDataflow(program, plans, rows) };
  } finally {
    planner.close();
  }
}

async function planned(plan: () => Promise<PlanNode>): Promise<PlanNode | Unsupported> {
  try {
    return await plan();
  } catch (error) {
    if (error instanceof Unsupported) return error;
    throw error;
  }
}

/** Steps through deltas of tables with views that are all incremental; after each step, every view's deltas added up must be what a plain DuckDB gives for its query. */
export async function followWithDuckDB(sql: string, steps: readonly ReadonlyMap<string, Delta>[], rows: RowCompiler): Promise<void> {
  const { program, graph } = await graphOf(sql, rows);
  for (const [view, kept] of graph.views) if (kept.mode === "recompute") throw new Error(`${view} is recomputed: ${kept.reason}`);
  const plain = await openPlainDuckDB(program);
  try {
    const dataflow = createDataflow(graph);
    const tables = new Map(program.tables.map(({ name }) => [name, new Multiset()]));
    const followed = new Map<string, Bag>(program.views.map(({ name }) => [name, new Map()]));
    for (const [i, deltas] of steps.entries()) {
      for (const [table, delta] of deltas) {
        tables.get(table)!.add(delta);
        await plain.fill(table, tables.get(table)!.rows());
      }
      const changes = dataflow.step(deltas);
      for (const [name, bag] of followed) {
        addDelta(bag, changes.get(name) ?? []);
        const truth = sorted(addRows(new Map(), await plain.read(name)));
        if (JSON.stringify(sorted(bag)) !== JSON.stringify(truth))
          throw new Error(`${name}, step ${i + 1}:\nhave ${JSON.stringify(sorted(bag))}\nwant ${JSON.stringify(truth)}`);
      }
    }
  } finally {
    plain.close();
  }
}

/** A table's content in plain JavaScript. */
export class Multiset {
  private readonly counts = new Map<string, { readonly row: Row; count: number }>();

  add(delta: Delta): void {
    for (const [row, weight] of delta) {
      const text = rowText(row);
      const entry = this.counts.get(text) ?? { row, count: 0 };
      entry.count += weight;
      if (entry.count === 0) this.counts.delete(text);
      else this.counts.set(text, entry);
    }
  }

  count(row: Row): number {
    return this.counts.get(rowText(row))?.count ?? 0;
  }

  rows(): Row[] {
    return [...this.counts.values()].flatMap(({ row, count }) => Array.from({ length: count }, () => row));
  }
}
