import type { Row, Value } from "@headgate/engine";
import fc from "fast-check";
import type { Step, TableChange } from "../oracle/changes.ts";
import { createDice, type Dice } from "./dice.ts";
import { columnKinds, randomValue, type FuzzType } from "./fuzz-types.ts";
import { randomQuery } from "./random-query.ts";
import type { Context, FuzzRelation } from "./random-source.ts";
import { shrinkScenario } from "./shrink-scenario.ts";
import { render, type SqlNode } from "./sql-tree.ts";

export interface FuzzTable {
  readonly name: string;
  readonly columns: readonly { readonly name: string; readonly type: FuzzType; readonly notNull: boolean }[];
  /** How many of the first columns make the key. */
  readonly keyLength: number;
}
export interface FuzzView {
  readonly name: string;
  /** MATERIALIZED, LOCAL or nothing. */
  readonly mode: string;
  readonly query: SqlNode;
  /** Columns that are right up to rounding only. */
  readonly approximate: readonly string[];
}

/** A program and what happens to its tables, step by step. */
export interface Scenario {
  readonly tables: readonly FuzzTable[];
  readonly views: readonly FuzzView[];
  readonly steps: readonly Step[];
  /** After this step the engine is closed and started again from its store. */
  readonly restartAfter: number | undefined;
}

/** The program's text. */
export function programOf({ tables, views }: Scenario): string {
  const lines = tables.map(({ name, columns, keyLength }) => {
    const declared = columns.map(
      (column) => `${column.name} ${columnKinds.get(column.type)!.declared}${column.notNull ? " NOT NULL" : ""}`,
    );
    const keys = columns.slice(0, keyLength).map((column) => column.name);
    if (keyLength > 0) declared.push(`PRIMARY KEY (${keys.join(", ")})`);
    return `CREATE TABLE ${name} (${declared.join(", ")});`;
  });
  for (const { name, mode, query } of views) lines.push(`CREATE ${mode}VIEW ${name} AS\n  ${render(query)};`);
  return lines.join("\n");
}

/** `view.column` of what is right up to rounding only. */
export const approximateColumns = ({ views }: Scenario): Set<string> =>
  new Set(views.flatMap(({ name, approximate }) => approximate.map((column) => `${name}.${column}`)));

/** Random scenarios that fast-check can seed, replay and shrink. */
class ScenarioArbitrary extends fc.Arbitrary<Scenario> {
  override generate(random: fc.Random): fc.Value<Scenario> {
    return new fc.Value(randomScenario(createDice(random)), undefined);
  }
  override canShrinkWithoutContext(value: unknown): value is Scenario {
    return typeof value === "object" && value !== null && "steps" in value;
  }
  override shrink(value: Scenario): fc.Stream<fc.Value<Scenario>> {
    return fc.stream(shrinkScenario(value)).map((simpler) => new fc.Value(simpler, undefined));
  }
}
export const scenarios: fc.Arbitrary<Scenario> = new ScenarioArbitrary();

function randomScenario(dice: Dice): Scenario {
  const tables = dice.times(dice.between(2, 3), (i) => randomTable(dice, `t${i}`));
  const relations: FuzzRelation[] = tables.map(({ name, columns, keyLength }) => ({
    name,
    columns,
    key: keyLength === 1 ? columns[0]!.name : undefined,
  }));
  let aliases = 0;
  const views = dice.times(dice.between(2, 5), (i): FuzzView => {
    const context: Context = { dice, relations, nextAlias: () => `a${aliases++}`, depth: dice.between(0, 2), derive: randomQuery };
    const { sql, types } = randomQuery(context);
    const columns = types.map((type, c) => ({ name: `c${c}`, type: published(type) }));
    if (!types.some((type) => type.endsWith("~"))) relations.push({ name: `v${i}`, columns, key: undefined });
    return { name: `v${i}`, mode: dice.weighted([[5, "MATERIALIZED "], [3, ""], [1, "LOCAL "]]), query: sql, approximate: columns.filter(({ type }) => type.endsWith("~")).map(({ name }) => name) }; // prettier-ignore
  });
  const steps = randomSteps(dice, tables);
  return { tables, views, steps, restartAfter: dice.chance(0.2) ? dice.between(1, steps.length - 1) : undefined };
}

/** What a view's column becomes when the view is read. */
const published = (type: FuzzType): FuzzType => (type === "HUGEINT" ? "BIGINT" : type);

function randomTable(dice: Dice, name: string): FuzzTable {
  const kinds = [...columnKinds].map(([type, kind]) => [kind.weight, type] as const);
  const keyLength = dice.weighted([[5, 0], [5, 1], [1, 2]]); // prettier-ignore
  const keyTypes = ["INTEGER", "INTEGER", "BIGINT", "VARCHAR", "DATE", "UUID"];
  const columns = dice.times(keyLength + dice.between(1, 4), (i) => ({
    name: `${"pqrstuvw"[i]!}`,
    type: i < keyLength ? dice.pick(keyTypes) : dice.weighted(kinds),
    notNull: i < keyLength || dice.chance(0.15),
  }));
  return { name, columns, keyLength };
}

function randomSteps(dice: Dice, tables: readonly FuzzTable[]): Step[] {
  const extremes = dice.chance(0.3);
  const seen = new Map<string, Row[]>(tables.map(({ name }) => [name, []]));
  return dice.times(dice.between(2, 6), (step) => {
    const most = step === 0 ? 10 : 5;
    const changes = tables.map((table) => {
      const rows = seen.get(table.name)!;
      return [table.name, dice.times(dice.between(0, most), () => randomChange(dice, table, rows, extremes))] as const;
    });
    return new Map(changes.filter(([, list]) => list.length > 0));
  });
}

/** Mostly inserts; deletes and updates of what was there, and now and then of what was not. */
function randomChange(dice: Dice, table: FuzzTable, seen: Row[], extremes: boolean): TableChange {
  const { columns, keyLength } = table;
  const row = (): Row => columns.map(({ type, notNull }) => randomValue(dice, type, extremes, notNull ? 0 : 0.15));
  const earlier = (): Row => (seen.length > 0 && dice.chance(0.85) ? dice.pick(seen) : row());
  const kind = dice.weighted([[6, "insert"], [1, "again"], [3, "delete"], [keyLength > 0 && keyLength < columns.length ? 2 : 0, "update"]]); // prettier-ignore
  if (kind === "delete") {
    const gone = earlier();
    return { op: "delete", row: keyLength > 0 ? gone.map((value, i) => (i < keyLength ? value : undefined)) : gone };
  }
  if (kind === "update") {
    const key = earlier();
    const next = row();
    const cell = (i: number): Value | undefined => (i < keyLength ? key[i] : dice.chance(0.5) ? next[i] : undefined);
    return { op: "update", row: columns.map((_, i) => cell(i)) };
  }
  const added = kind === "again" ? earlier() : row();
  seen.push(added);
  return { op: "insert", row: added };
}
