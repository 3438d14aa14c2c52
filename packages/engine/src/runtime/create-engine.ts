import { createDataflow } from "../dataflow/dataflow.ts";
import { describeDataflow } from "../dataflow/describe-dataflow.ts";
import type { Engine, EngineOptions, Snapshot } from "../engine.ts";
import { EngineError } from "../errors.ts";
import { openStore, type OpenedStore } from "../store/open-store.ts";
import { relationSql, type RelationSql } from "../store/relation-sql.ts";
import { createLateGate } from "../streaming/late-gate.ts";
import { storageError } from "../store/storage-error.ts";
import type { Relation } from "../types.ts";
import { runAdHoc, writeParquet } from "./ad-hoc.ts";
import { withClock } from "./clock.ts";
import { createCommits } from "./commits.ts";
import { readDependencies } from "./dependencies.ts";
import { howKept } from "./how-kept.ts";
import { planProgram } from "./plan-program.ts";
import { createReaders } from "./readers.ts";
import { restore } from "./restore.ts";
import type { RunningProgram } from "./running-program.ts";
import { openSnapshot } from "./snapshot.ts";
import { createStateLimit } from "./state-limit.ts";
import { createStepper } from "./stepper.ts";
import { createTableState } from "./table-state.ts";

/**
 * Starts a program: with empty tables and views, or where the store in its directory stands.
 *
 * Before the first step every view is empty, so the first step's delta of a view is all of it (also of a view that reads no table). A
 * view that DuckDB recomputes is not computed at all while nobody watches it, it is not materialised and nothing reads it: a fault in
 * its query then shows only once somebody watches it.
 */
export async function createEngine(options: EngineOptions): Promise<Engine> {
  const { program } = options;
  const { running, opened } = await startProgram(options);
  const { store, database } = opened;
  const readers = createReaders(database);
  let lastStep = store.step;
  const stepper = createStepper(running, createStateLimit(running, options.stateLimitMb), lastStep + 1);
  const commits = createCommits(
    store,
    () => lastStep,
    options.commitData ?? (() => ""),
    () => running.graph.watermarks.save(),
  );
  let stepping: Promise<unknown> | undefined;
  let closed: Promise<void> | undefined;
  const assertOpen = (): void => {
    if (closed !== undefined) throw new EngineError("closed", "The engine is closed");
  };
  return {
    program,
    dataflow: describeDataflow(running.graph),
    restored: opened.restored,
    get pendingRecords() {
      return store.pendingRecords;
    },
    async commit() {
      assertOpen();
      return await commits.commit();
    },
    async step(input) {
      assertOpen();
      if (stepping !== undefined) throw new EngineError("runtime", "A step is running: steps are sequential");
      const work = commits.during(async () => {
        const result = await stepper.step({ ...input, changes: withClock(program, input) });
        lastStep = result.step;
        return result;
      });
      stepping = work;
      try {
        return await work;
      } finally {
        stepping = undefined;
      }
    },
    async snapshot(name): Promise<Snapshot> {
      assertOpen();
      const relation = [...program.tables, ...program.views].find((candidate) => candidate.name === name);
      if (relation === undefined) throw new EngineError("unknown_relation", `The program has no table or view '${name}'`);
      if (!relation.materialized) throw notMaterialized(relation);
      await commits.upToDate();
      return await openSnapshot(readers, running.relations.get(name)!);
    },
    async query(text, { signal } = {}) {
      assertOpen();
      await commits.upToDate();
      return await runAdHoc(readers, program, text, signal);
    },
    async queryToParquet(text, path, { signal } = {}) {
      assertOpen();
      await commits.upToDate();
      await writeParquet(readers, program, text, path, database.exportFolder, signal);
    },
    storageBytes: () => database.storageBytes(),
    close() {
      closed ??= (async () => {
        await stepping?.catch(() => undefined);
        await commits.idle();
        await readers.close();
        await store.close();
      })();
      return closed;
    },
  };
}

/** Opens the store and brings everything that is kept in memory to its step. */
async function startProgram(options: EngineOptions): Promise<{ running: RunningProgram; opened: OpenedStore }> {
  const { program } = options;
  const dependencies = await readDependencies(program);
  const graph = await planProgram(program, options.maintenance);
  const kept = howKept(program, dependencies, graph.views);
  const relations = new Map<string, RelationSql>();
  for (const [i, relation] of [...program.tables, ...program.views].entries())
    if (kept.inStore.has(relation.name)) relations.set(relation.name, relationSql(relation, i));
  const opened = await openStore(options, relations, kept.scratch, dependencies);
  const { store } = opened;
  const { watermarks } = graph;
  const running: RunningProgram = {
    program,
    dependencies,
    kept,
    relations,
    tables: new Map(program.tables.map((table) => [table.name, createTableState(table, createLateGate(table, watermarks.of(table.name)))])),
    graph,
    dataflow: createDataflow(graph),
    store,
    untold: new Map(),
    untoldScratch: new Set(),
  };
  try {
    if (opened.restored !== undefined && store.step > 0) {
      const { tables } = opened.restored.changed;
      watermarks.restore(store.watermarks, new Set([...tables.added, ...tables.modified]));
      await restore(running, opened.restored.changed, opened.unfilled);
    }
    if (store.dirty) await store.commit(store.step, store.data, watermarks.save());
  } catch (error) {
    await store.close();
    throw error instanceof EngineError ? error : storageError(options.storage, error);
  }
  return { running, opened };
}

function notMaterialized(relation: Relation & { readonly kind: "table" | "view" }): EngineError {
  const suggestion =
    relation.kind === "view"
      ? `Declare it as CREATE MATERIALIZED VIEW ${relation.name}`
      : `Declare the table WITH ('materialized' = 'true')`;
  return new EngineError("not_materialized", `'${relation.name}' is not materialized. ${suggestion}`, { suggestion });
}
