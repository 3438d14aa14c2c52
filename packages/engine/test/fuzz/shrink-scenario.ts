import { clock, type Step, type TableChange } from "../oracle/changes.ts";
import type { FuzzTable, Scenario } from "./scenario.ts";
import { shrinkTree } from "./sql-tree.ts";

/** Smaller scenarios, the boldest first: fewer views, steps, changes, tables, then simpler queries, columns and values. */
export function* shrinkScenario(scenario: Scenario): Generator<Scenario> {
  const { tables, views, steps } = scenario;
  for (const view of views) if (views.length > 1) yield { ...scenario, views: [view] };
  for (let i = views.length - 1; i >= 0; i--) if (views.length > 1) yield { ...scenario, views: views.toSpliced(i, 1) };
  yield* fewerRestarts(scenario);
  for (let i = steps.length - 1; i >= 0; i--) if (steps.length > 1) yield { ...scenario, steps: steps.toSpliced(i, 1) };
  for (const { name } of tables) if (tables.length > 1) yield withoutTable(scenario, name);
  for (const name of [...tables.map((table) => table.name), clock])
    if (steps.some((step) => step.has(name))) yield { ...scenario, steps: steps.map((step) => without(step, name)) };
  yield* fewerLatenesses(scenario);
  for (const [s, step] of steps.entries())
    for (const [name, changes] of step)
      for (const fewer of shrinkChanges(changes)) yield { ...scenario, steps: steps.with(s, new Map(step).set(name, fewer)) };
  for (const [i, view] of views.entries())
    for (const query of shrinkTree(view.query)) yield { ...scenario, views: views.with(i, { ...view, query }) };
  yield* fewerColumns(scenario);
  for (const table of tables)
    for (const [s, step] of steps.entries())
      for (const plainer of plainerRows(step.get(table.name) ?? [], table))
        yield { ...scenario, steps: steps.with(s, new Map(step).set(table.name, plainer)) };
}

function* fewerRestarts(scenario: Scenario): Generator<Scenario> {
  const { restarts } = scenario;
  if (restarts.length > 0) yield { ...scenario, restarts: [] };
  for (let i = 0; i < restarts.length; i++) if (restarts.length > 1) yield { ...scenario, restarts: restarts.toSpliced(i, 1) };
  for (const [i, { after, lost }] of restarts.entries())
    for (const fewer of lost > 1 ? [0, 1] : lost > 0 ? [0] : []) yield { ...scenario, restarts: restarts.with(i, { after, lost: fewer }) };
}

function* fewerLatenesses(scenario: Scenario): Generator<Scenario> {
  for (const [t, table] of scenario.tables.entries())
    for (const [c, { lateness, ...column }] of table.columns.entries())
      if (lateness !== undefined)
        yield { ...scenario, tables: scenario.tables.with(t, { ...table, columns: table.columns.with(c, column) }) };
}

function without(step: Step, name: string): Step {
  const left = new Map(step);
  left.delete(name);
  return left;
}

function withoutTable(scenario: Scenario, name: string): Scenario {
  const { tables, steps } = scenario;
  return { ...scenario, tables: tables.filter((table) => table.name !== name), steps: steps.map((step) => without(step, name)) };
}

function* shrinkChanges(changes: readonly TableChange[]): Generator<readonly TableChange[]> {
  const half = changes.length >> 1;
  if (half > 0) {
    yield changes.slice(0, half);
    yield changes.slice(half);
  }
  for (let i = changes.length - 1; i >= 0; i--) yield changes.toSpliced(i, 1);
}

function* fewerColumns(scenario: Scenario): Generator<Scenario> {
  for (const [t, table] of scenario.tables.entries()) {
    if (table.columns.length <= Math.max(1, table.keyLength)) continue;
    for (let c = table.columns.length - 1; c >= table.keyLength; c--) {
      const cut = { ...table, columns: table.columns.toSpliced(c, 1) };
      const steps = scenario.steps.map((step) => {
        const changes = step.get(table.name);
        if (changes === undefined) return step;
        return new Map(step).set(table.name, changes.map(({ op, row }) => ({ op, row: row.toSpliced(c, 1) }))); // prettier-ignore
      });
      yield { ...scenario, tables: scenario.tables.with(t, cut), steps };
    }
  }
}

/** NULL, where there may be one, and zero where there was something else. */
function* plainerRows(changes: readonly TableChange[], { columns }: FuzzTable): Generator<readonly TableChange[]> {
  for (const [i, { op, row }] of changes.entries())
    for (const [c, value] of row.entries()) {
      if (value === null || value === undefined) continue;
      if (!columns[c]!.notNull) yield changes.with(i, { op, row: row.with(c, null) });
      const zero = typeof value === "bigint" ? 0n : typeof value === "number" ? 0 : typeof value === "string" ? "" : value;
      if (zero !== value) yield changes.with(i, { op, row: row.with(c, zero) });
    }
}
