import type { DuckDBConnection } from "@duckdb/node-api";
import { createTableSql } from "../duckdb/create-table-sql.ts";
import { catalogName, openDatabase } from "../duckdb/open-database.ts";
import type { Engine, EngineOptions, Snapshot, StepInput, StepResult } from "../engine.ts";
import { EngineError } from "../errors.ts";
import { duckdbMessage } from "../query/duckdb-error.ts";
import type { Delta } from "../types.ts";
import { runAdHoc, writeParquet } from "./ad-hoc.ts";
import { applyTable } from "./apply-table.ts";
import { findDependencies, withInputs, type Dependencies } from "./dependencies.ts";
import { createReaders } from "./readers.ts";
import { applyDelta, createDelta, readDelta, relationSql, type RelationSql } from "./relation-store.ts";
import { openSnapshot } from "./snapshot.ts";
import { viewQuery } from "./view-query.ts";

/** One-row table with the number of the last step. */
export const stepTable = `${catalogName}.headgate.step`;

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
  await writer.run(`CREATE SCHEMA ${catalogName}.headgate`);
  await writer.run(`CREATE TABLE ${stepTable} AS SELECT 0::BIGINT AS step`);
  for (const { table, relation } of relations.values()) await writer.run(createTableSql(table, relation.fields));
  const stepper = createStepper(
    writer,
    program.views.map((view) => view.name),
    relations,
    await findDependencies(writer, program),
  );
  const readers = createReaders(database);
  let running: Promise<unknown> | undefined;
  let closed: Promise<void> | undefined;
  const assertOpen = (): void => {
    if (closed !== undefined) throw new EngineError("closed", "The engine is closed");
  };
  return {
    program,
    async step(input) {
      assertOpen();
      if (running !== undefined) throw new EngineError("runtime", "A step is running: steps are sequential");
      const work = stepper(input);
      running = work;
      try {
        return await work;
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

export function notMaterialized({ relation }: Pick<RelationSql, "relation">): EngineError {
  const suggestion =
    relation.kind === "view"
      ? `Declare it as CREATE MATERIALIZED VIEW ${relation.name}`
      : `Declare the table WITH ('materialized' = 'true')`;
  return new EngineError("not_materialized", `'${relation.name}' is not materialized. ${suggestion}`, { suggestion });
}

/** Runs one step in one transaction: all of it happens, or nothing. */
function createStepper(
  connection: DuckDBConnection,
  viewOrder: readonly string[],
  relations: ReadonlyMap<string, RelationSql>,
  dependencies: Dependencies,
): (input: StepInput) => Promise<StepResult> {
  let step = 0;
  /** Views whose table holds their content as of `step`. */
  let current: ReadonlySet<string> = new Set(viewOrder);
  const kept = viewOrder.filter((name) => relations.get(name)!.relation.materialized);

  const run = async (input: StepInput): Promise<{ result: StepResult; current: ReadonlySet<string> }> => {
    const fresh = new Set(current);
    const needed = withInputs([...kept, ...input.watch], dependencies);
    for (const name of viewOrder)
      if (needed.has(name) && !fresh.has(name)) {
        await refill(connection, relations.get(name)!);
        fresh.add(name);
      }
    const changed = new Set<string>();
    const deltas = new Map<string, Delta>();
    for (const [name, batches] of input.changes) {
      const sql = relations.get(name)!;
      if (!(await applyTable(connection, sql, batches, input.watch.has(name)))) continue;
      changed.add(name);
      if (input.watch.has(name)) deltas.set(name, await readDelta(connection, sql));
    }
    for (const name of viewOrder) {
      const stale = step === 0 || [...dependencies.get(name)!].some((input_) => changed.has(input_));
      if (!stale) continue;
      if (!needed.has(name)) {
        fresh.delete(name);
        // What reads it may have changed too; nothing that is needed does.
        changed.add(name);
        continue;
      }
      const sql = relations.get(name)!;
      if (!(await recompute(connection, sql))) continue;
      changed.add(name);
      if (input.watch.has(name)) deltas.set(name, await readDelta(connection, sql));
    }
    await connection.run(`UPDATE ${stepTable} SET step = ${step + 1}`);
    return { result: { step: step + 1, deltas }, current: fresh };
  };

  return async (input) => {
    checkInput(input, relations);
    await connection.run("BEGIN TRANSACTION");
    try {
      const done = await run(input);
      await connection.run("COMMIT");
      step = done.result.step;
      current = done.current;
      return done.result;
    } catch (error) {
      await connection.run("ROLLBACK").catch(() => undefined);
      if (error instanceof EngineError) throw error;
      throw new EngineError("runtime", `The step failed: ${duckdbMessage(error)}`, { cause: error });
    }
  };
}

function checkInput(input: StepInput, relations: ReadonlyMap<string, RelationSql>): void {
  for (const name of input.watch)
    if (!relations.has(name)) throw new EngineError("unknown_relation", `The program has no table or view '${name}'`);
  for (const name of input.changes.keys())
    if (relations.get(name)?.relation.kind !== "table") throw new EngineError("unknown_relation", `The program has no table '${name}'`);
}

/** Brings a view's table up to the state before this step. */
async function refill(connection: DuckDBConnection, sql: RelationSql): Promise<void> {
  await connection.run(`DELETE FROM ${sql.table}`);
  await runView(sql, () => connection.run(`INSERT INTO ${sql.table} ${queryOf(sql)}`));
}

/** Recomputes a view, keeps the difference in its delta table and applies it; false when nothing changed. */
async function recompute(connection: DuckDBConnection, sql: RelationSql): Promise<boolean> {
  const source = `SELECT *, 1 AS w FROM (${queryOf(sql)}) UNION ALL SELECT ${sql.columns.join(", ")}, -1 FROM ${sql.table}`;
  await runView(sql, () => createDelta(connection, sql, source));
  return await applyDelta(connection, sql);
}

function queryOf({ relation }: RelationSql): string {
  if (relation.kind !== "view") throw new TypeError(`'${relation.name}' is not a view`);
  return viewQuery(relation);
}

async function runView<T>(sql: RelationSql, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new EngineError("runtime", `View '${sql.relation.name}' failed: ${duckdbMessage(error)}`, { cause: error });
  }
}
