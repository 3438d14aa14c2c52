import type { Maintenance } from "../engine.ts";
import { errorViewName } from "../program/error-view.ts";
import type { Program } from "../types.ts";
import type { Dependencies } from "./dependencies.ts";

/** What of a program is where. */
export interface HowKept {
  /** Relations with a table in DuckDB, in program order. */
  readonly inStore: ReadonlySet<string>;
  /** Recomputed views that are computed only while somebody watches them: their tables are not kept over a restart. */
  readonly scratch: ReadonlySet<string>;
  /** Recomputed views that are computed in every step that changes what they read. */
  readonly always: ReadonlySet<string>;
  /** Those of `always` that incremental views read. */
  readonly feeding: ReadonlySet<string>;
}

/**
 * In the store are tables, materialised views, recomputed views (whose change is the difference to what is stored), what recomputed
 * views read, and the error view if anything reads it.
 */
export function howKept(program: Program, dependencies: Dependencies, views: ReadonlyMap<string, Maintenance>): HowKept {
  const recomputed = (name: string): boolean => views.get(name)?.mode === "recompute";
  const inStore = new Set(program.tables.map((table) => table.name));
  const always = new Set<string>();
  const feeding = new Set<string>();
  // What reads a view stands after it.
  for (const view of [...program.views].reverse()) {
    if (view.materialized) inStore.add(view.name);
    if (view.materialized && recomputed(view.name)) always.add(view.name);
    for (const input of dependencies.get(view.name)!) {
      // What the engine itself gives can be had from nowhere else after a restart.
      if (recomputed(view.name) || input === errorViewName) inStore.add(input);
      if (recomputed(input) && (!recomputed(view.name) || always.has(view.name))) always.add(input);
      if (recomputed(input) && !recomputed(view.name)) feeding.add(input);
    }
    if (recomputed(view.name)) inStore.add(view.name);
  }
  const scratch = program.views.filter((view) => recomputed(view.name) && !always.has(view.name)).map((view) => view.name);
  return { inStore, scratch: new Set(scratch), always, feeding };
}
