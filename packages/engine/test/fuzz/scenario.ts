import fc from "fast-check";
import type { Step } from "../oracle/changes.ts";
import type { Restart } from "../oracle/check-maintained.ts";
import { createDice, type Dice } from "./dice.ts";
import { columnKinds, type FuzzType } from "./fuzz-types.ts";
import { randomQuery } from "./random-query.ts";
import type { Context, FuzzRelation } from "./random-source.ts";
import { randomSteps, withClock } from "./random-steps.ts";
import { randomTable } from "./random-table.ts";
import { shrinkScenario } from "./shrink-scenario.ts";
import { render, type SqlNode } from "./sql-tree.ts";

export interface FuzzTable {
  readonly name: string;
  readonly columns: readonly FuzzColumn[];
  /** How many of the first columns make the key. */
  readonly keyLength: number;
}
export interface FuzzColumn {
  readonly name: string;
  readonly type: FuzzType;
  readonly notNull: boolean;
  /** The distance of its LATENESS, as SQL. */
  readonly lateness?: string;
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
  readonly restarts: readonly Restart[];
}

/** The program's text. */
export function programOf({ tables, views }: Scenario): string {
  const lines = tables.map(({ name, columns, keyLength }) => {
    const declared = columns.map(({ name: column, type, notNull, lateness }) =>
      [column, columnKinds.get(type)!.declared, notNull ? "NOT NULL" : "", lateness === undefined ? "" : `LATENESS ${lateness}`]
        .filter((word) => word !== "")
        .join(" "),
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
  const changes = randomSteps(dice, tables);
  const usesClock = views.some(({ query }) => /\bNOW\(\)/.test(render(query)));
  const steps = usesClock ? withClock(dice, changes) : changes;
  return { tables, views, steps, restarts: dice.chance(0.25) ? randomRestarts(dice, steps.length) : [] };
}

/** Each between two steps, some of them without what the steps before did. */
function randomRestarts(dice: Dice, steps: number): Restart[] {
  const points = dice.shuffle(dice.times(steps - 1, (i) => i + 1)).slice(0, dice.weighted([[3, 1], [1, 2], [1, 3]])); // prettier-ignore
  return points.sort((a, b) => a - b).map((after) => ({ after, lost: dice.chance(0.5) ? 0 : dice.between(1, after) }));
}

/** What a view's column becomes when the view is read. */
const published = (type: FuzzType): FuzzType => (type === "HUGEINT" ? "BIGINT" : type);
