import type { Step, TableChange } from "../oracle/changes.ts";
import type { FuzzTable, Scenario } from "./scenario.ts";
import { shrinkTree } from "./sql-tree.ts";

/** Smaller scenarios, the boldest first: fewer views, steps, changes, tables, then simpler queries, columns and values. */
export function* shrinkScenario(scenario: Scenario): Generator<Scenario> {
  const { tables, views, steps } = scenario;
  for (const view of views) if (views.length > 1) yield { ...scenario, views: [view] };
  for (let i = views.length - 1; i >= 0; i--) if (views.length > 1) yield { ...scenario, views: views.toSpliced(i, 1) };
  if (scenario.restartAfter !== undefined) yield { ...scenario, restartAfter: undefined };
  for (let i = steps.length - 1; i >= 0; i--) if (steps.length > 1) yield { ...scenario, steps: steps.toSpliced(i, 1) };
  for (const { name } of tables) {
    if (tables.length > 1) yield withoutTable(scenario, name);
    if (steps.some((step) => step.has(name))) yield { ...scenario, steps: steps.map((step) => without(step, name)) };
  }
  for (const [s, step] of steps.entries())
    for (const [name, changes] of step)
      for (const fewer of shrinkChanges(changes)) yield { ...scenario, steps: steps.with(s, new Map(step).set(name, fewer)) };
  for (const [i, view] of views.entries())
    for (const query of shrinkTree(view.query)) yield { ...scenario, views: views.with(i, { ...view, query }) };
  yield* fewerColumns(scenario);
  for (const [s, step] of steps.entries())
    for (const [name, changes] of step)
      for (const plainer of plainerRows(
        changes,
        tables.find((table) => table.name === name)!,
      ))
        yield { ...scenario, steps: steps.with(s, new Map(step).set(name, plainer)) };
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
