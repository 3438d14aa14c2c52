import type { ProgramChange } from "../engine.ts";
import type { Draft } from "../store/store.ts";
import { PartFault } from "../dataflow/parts.ts";
import { errorViewName } from "../program/error-view.ts";
import type { Delta, DeltaEntry, Row } from "../types.ts";
import { consolidate } from "./consolidate.ts";
import { readRows } from "./read-rows.ts";
import { refill, viewFailed } from "./recompute.ts";
import { rowIdentity } from "./row-identity.ts";
import { isRecomputed, type RunningProgram } from "./running-program.ts";

/**
 * Brings what is kept in memory to the step that the store is at: the tables' rows run through the dataflow once. Groups
 * and the like give their results when all rows are in, because a part of them could raise faults that the whole does not. What comes out is already known, except for views that the program
 * declares anew or differently: their content goes to the store, and is told with the next step.
 */
export async function restore(running: RunningProgram, changed: ProgramChange, unfilled: ReadonlySet<string>): Promise<void> {
  const { program, dataflow, store, relations, kept, dependencies } = running;
  const told = new Set([...changed.views.added, ...changed.views.modified]);
  const draft = store.draft();
  await loadTables(running);
  for (const view of program.views) {
    const sql = relations.get(view.name);
    let content: Delta;
    if (isRecomputed(running, view.name)) {
      if (!kept.always.has(view.name)) {
        if (told.has(view.name)) running.untoldScratch.add(view.name);
        continue;
      }
      const isNew = unfilled.has(view.name);
      if (isNew) {
        await draft.write(dependencies.get(view.name)!);
        await refill(await store.connection("change"), sql!);
      }
      const isSource = kept.feeding.has(view.name);
      if (!isSource && !told.has(view.name)) continue;
      content = consolidate(await readAll(running, view.name), rowIdentity(sql!.types));
      if (isSource) dataflow.provide(view.name, content);
    } else {
      content = evaluate(running, view.name);
      if (unfilled.has(view.name)) draft.add(view.name, content);
    }
    if (told.has(view.name)) running.untold.set(view.name, content);
  }
  draft.accept();
  // The stored tables brought back what had been forgotten.
  for (const table of running.tables.values()) table.release();
  dataflow.release();
}

/** A view's change in this step. @throws EngineError `runtime` naming the view */
export function evaluate({ dataflow }: RunningProgram, view: string): Delta {
  try {
    return dataflow.evaluate(view);
  } catch (error) {
    throw viewFailed(view, error);
  }
}

/** Reads the tables that something in memory depends on, and hands their rows to the dataflow. */
async function loadTables(running: RunningProgram): Promise<void> {
  const { program, graph, dataflow, relations, kept, store } = running;
  const known = new Map<string, Delta>();
  // The error view's rows come from nowhere else.
  if (kept.inStore.has(errorViewName)) {
    const rows = await readAll(running, errorViewName);
    known.set(errorViewName, consolidate(rows, rowIdentity(relations.get(errorViewName)!.types)));
  }
  const tables = new Set(program.tables.flatMap(({ name }) => (graph.relations.has(name) ? name : [])));
  const handOver = dataflow.beginInParts(known, tables);
  for (const { name, primaryKey } of program.tables) {
    const state = running.tables.get(name)!;
    const keyed = primaryKey !== undefined;
    if (!keyed && !tables.has(name)) continue;
    const columns = keyed ? undefined : columnsRead(running, name);
    for await (const chunk of readRows(await store.connection("read"), relations.get(name)!, columns)) {
      const delta = chunk.map((row: Row): DeltaEntry => [row, 1]);
      if (keyed) state.load(delta);
      try {
        if (tables.has(name)) handOver(name, delta);
      } catch (error) {
        throw error instanceof PartFault ? viewFailed(error.view, error.cause) : error;
      }
    }
  }
}

async function readAll({ store, relations }: RunningProgram, relation: string): Promise<Delta> {
  const entries: DeltaEntry[] = [];
  for await (const chunk of readRows(await store.connection("read"), relations.get(relation)!))
    for (const row of chunk) entries.push([row, 1]);
  return entries;
}

/** The columns of a table that the dataflow looks at; undefined: all. */
function columnsRead({ graph }: RunningProgram, table: string): number[] | undefined {
  const source = graph.relations.get(table)!;
  const columns = new Set<number>();
  for (const { inputs, operator } of graph.nodes) {
    if (!inputs.includes(source)) continue;
    if (operator?.reads === undefined) return undefined;
    for (const column of operator.reads) columns.add(column);
  }
  return [...columns];
}

/** Reads the rows of a table without a key, before its first delete: those in the store and those on the way there. */
export async function loadRows(running: RunningProgram, table: string, draft: Draft): Promise<void> {
  const state = running.tables.get(table)!;
  await draft.write([table]);
  for await (const chunk of readRows(await running.store.connection("read"), running.relations.get(table)!))
    state.load(chunk.map((row: Row): DeltaEntry => [row, 1]));
  state.loaded();
}
