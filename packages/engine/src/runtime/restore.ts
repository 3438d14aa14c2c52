import type { ProgramChange } from "../engine.ts";
import type { Draft } from "../store/store.ts";
import { errorViewName } from "../program/error-view.ts";
import type { Delta, DeltaEntry, Row } from "../types.ts";
import { consolidate } from "./consolidate.ts";
import { readRows } from "./read-rows.ts";
import { refill, viewFailed } from "./recompute.ts";
import { rowIdentity } from "./row-identity.ts";
import { isRecomputed, type RunningProgram } from "./running-program.ts";

/**
 * Brings what is kept in memory to the step that the store is at: the tables' rows run through the dataflow once, all together, because
 * a part of them could raise faults that the whole does not. What comes out is already known, except for views that the program
 * declares anew or differently: their content goes to the store, and is told with the next step.
 */
export async function restore(running: RunningProgram, changed: ProgramChange, unfilled: ReadonlySet<string>): Promise<void> {
  const { program, dataflow, store, relations, kept, dependencies } = running;
  const told = new Set([...changed.views.added, ...changed.views.modified]);
  const draft = store.draft();
  dataflow.begin(await loadTables(running));
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
      content = consolidate(await readAll(running, view.name, () => undefined), rowIdentity(sql!.types));
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

/** Reads the tables that something in memory depends on; gives those that the dataflow reads. */
async function loadTables(running: RunningProgram): Promise<Map<string, Delta>> {
  const deltas = new Map<string, Delta>();
  // The error view's rows come from nowhere else.
  if (running.kept.inStore.has(errorViewName))
    deltas.set(
      errorViewName,
      consolidate(await readAll(running, errorViewName, () => undefined), rowIdentity(running.relations.get(errorViewName)!.types)),
    );
  for (const table of running.program.tables) {
    const state = running.tables.get(table.name)!;
    const keyed = table.primaryKey !== undefined;
    const isSource = running.graph.relations.has(table.name);
    if (!keyed && !isSource) continue;
    const rows = keyed
      ? await readAll(running, table.name, (delta) => state.load(delta))
      : await readAll(running, table.name, () => undefined, columnsRead(running, table.name));
    if (!isSource) continue;
    deltas.set(table.name, rows);
  }
  return deltas;
}

async function readAll(
  { store, relations }: RunningProgram,
  relation: string,
  onChunk: (delta: Delta) => void,
  columns?: readonly number[],
): Promise<readonly DeltaEntry[]> {
  const entries: DeltaEntry[] = [];
  for await (const chunk of readRows(await store.connection("read"), relations.get(relation)!, columns)) {
    const delta = chunk.map((row: Row): DeltaEntry => [row, 1]);
    onChunk(delta);
    for (const entry of delta) entries.push(entry);
  }
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
