import type { DuckDBConnection } from "@duckdb/node-api";
import { stepTable } from "../duckdb/open-database.ts";
import type { StepInput, StepResult } from "../engine.ts";
import { EngineError } from "../errors.ts";
import { duckdbMessage } from "../query/duckdb-error.ts";
import type { Delta, Program } from "../types.ts";
import { applyTable } from "./apply-table.ts";
import { withInputs, type Dependencies } from "./dependencies.ts";
import { applyDelta, createDelta, readDelta, type RelationSql } from "./relation-store.ts";
import { viewQuery } from "./view-query.ts";

export type Stepper = (input: StepInput) => Promise<StepResult>;

/** Runs one step in one transaction: all of it happens, or nothing. */
export function createStepper(
  connection: DuckDBConnection,
  program: Program,
  relations: ReadonlyMap<string, RelationSql>,
  dependencies: Dependencies,
): Stepper {
  const viewOrder = program.views.map((view) => view.name);
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
      const stale = step === 0 || [...dependencies.get(name)!].some((name) => changed.has(name));
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
