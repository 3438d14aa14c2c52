import { createTableSql } from "../duckdb/create-table-sql.ts";
import { catalogName, openDatabase, stepTable } from "../duckdb/open-database.ts";
import type { Engine, EngineOptions, Snapshot } from "../engine.ts";
import { EngineError } from "../errors.ts";
import { duckdbMessage } from "../query/duckdb-error.ts";
import { runAdHoc, writeParquet } from "./ad-hoc.ts";
import { findDependencies } from "./dependencies.ts";
import { createReaders } from "./readers.ts";
import { relationSql, type RelationSql } from "./relation-store.ts";
import { openSnapshot } from "./snapshot.ts";
import { createStepper, type Stepper } from "./stepper.ts";

/**
 * Starts a program with empty tables and views. A view is recomputed when something below it changed, and its change is
 * the difference; this form is always right and is what faster forms are compared with.
 *
 * Before the first step every view is empty, so the first step's delta of a view is all of it (also of a view that reads
 * no table). A view that nobody watches, that is not materialised and that none of these reads is not computed at all:
 * a fault in its query then shows only once somebody watches it.
 */
export async function createEngine(options: EngineOptions): Promise<Engine> {
  const database = await openDatabase(options).catch((error: unknown) => {
    throw new EngineError("storage", `The engine's store could not be opened: ${duckdbMessage(error)}`, { cause: error });
  });
  const { program } = options;
  const relations = new Map([...program.tables, ...program.views].map((relation, i) => [relation.name, relationSql(relation, i)]));
  const writer = await database.connect();
  let stepper: Stepper;
  try {
    await writer.run(`CREATE SCHEMA ${catalogName}.headgate`);
    await writer.run(`CREATE TABLE ${stepTable} AS SELECT 0::BIGINT AS step`);
    for (const { table, relation } of relations.values()) await writer.run(createTableSql(table, relation.fields));
    stepper = createStepper(writer, program, relations, await findDependencies(writer, program));
  } catch (error) {
    writer.closeSync();
    await database.close();
    throw new EngineError("storage", `The program's relations could not be created: ${duckdbMessage(error)}`, { cause: error });
  }
  const readers = createReaders(database);
  let running: Promise<unknown> | undefined;
  let closed: Promise<void> | undefined;
  const assertOpen = (): void => {
    if (closed !== undefined) throw new EngineError("closed", "The engine is closed");
  };
  let lastStep = 0;
  return {
    program,
    dataflow: {
      views: new Map(program.views.map((view) => [view.name, { mode: "recompute", reason: "every view is recomputed" }])),
      nodes: [],
    },
    restored: undefined,
    pendingRecords: 0,
    commit: () => Promise.resolve({ step: lastStep }),
    async step(input) {
      assertOpen();
      if (running !== undefined) throw new EngineError("runtime", "A step is running: steps are sequential");
      const work = stepper(input);
      running = work;
      try {
        const result = await work;
        lastStep = result.step;
        return result;
      } finally {
        running = undefined;
      }
    },
    async snapshot(name): Promise<Snapshot> {
      assertOpen();
      const sql = relations.get(name);
      if (sql === undefined) throw new EngineError("unknown_relation", `The program has no table or view '${name}'`);
      if (!sql.relation.materialized) throw notMaterialized(sql);
      return await openSnapshot(readers, sql);
    },
    async query(text, { signal } = {}) {
      assertOpen();
      return await runAdHoc(readers, program, text, signal);
    },
    async queryToParquet(text, path, { signal } = {}) {
      assertOpen();
      await writeParquet(readers, program, text, path, database.exportFolder, signal);
    },
    storageBytes: () => database.storageBytes(),
    close() {
      closed ??= (async () => {
        await running?.catch(() => undefined);
        await readers.close();
        writer.closeSync();
        await database.close();
      })();
      return closed;
    },
  };
}

function notMaterialized({ relation }: Pick<RelationSql, "relation">): EngineError {
  const suggestion =
    relation.kind === "view"
      ? `Declare it as CREATE MATERIALIZED VIEW ${relation.name}`
      : `Declare the table WITH ('materialized' = 'true')`;
  return new EngineError("not_materialized", `'${relation.name}' is not materialized. ${suggestion}`, { suggestion });
}
