import { fill, randomExpression, randomPredicate, someType, type Scope, type ScopeColumn } from "./expressions.ts";
import type { FuzzType } from "./fuzz-types.ts";
import { optional, sequence, type SqlNode } from "./sql-tree.ts";

export interface Typed {
  readonly sql: SqlNode;
  readonly type: FuzzType;
}

/** Aggregates whose value does not depend on the order of rows, with their types. */
export const aggregateTemplates: readonly (readonly [weight: number, type: FuzzType, text: string])[] = [
  [8, "HUGEINT", "sum({INTEGER})"], [3, "HUGEINT", "sum({BIGINT})"], [1, "HUGEINT", "sum({SMALLINT})"],
  [3, "DECIMAL(38,2)", "sum({DECIMAL(9,2)})"], [1, "DECIMAL(38,3)", "sum({DECIMAL(18,3)})"], [1, "DECIMAL(38,1)", "sum({DECIMAL(4,1)})"],
  [3, "DOUBLE!", "sum({DOUBLE!})"], [1, "DOUBLE!", "sum({REAL!})"],
  [3, "DOUBLE", "avg({INTEGER})"], [2, "DOUBLE", "avg({BIGINT})"], [2, "DOUBLE", "avg({DECIMAL(9,2)})"], [2, "DOUBLE", "avg({DOUBLE!})"],
  [2, "BOOLEAN", "bool_and({BOOLEAN})"], [2, "BOOLEAN", "bool_or({BOOLEAN})"],
  [1, "DOUBLE~", "stddev({INTEGER})"], [1, "DOUBLE~", "var_pop({DOUBLE!})"], [1, "DOUBLE~", "stddev_pop({BIGINT})"], [1, "DOUBLE~", "variance({DOUBLE!})"],
  [1, "INTEGER", "bit_and({INTEGER})"], [1, "INTEGER", "bit_or({INTEGER})"], [1, "INTEGER", "bit_xor({INTEGER})"],
  [1, "HUGEINT", "count_if({BOOLEAN})"], [2, "DOUBLE", "median({INTEGER})"],
  [1, "DOUBLE", "quantile_cont({BIGINT}, 0.25)"], [1, "DECIMAL(9,2)", "median({DECIMAL(9,2)})"], [1, "TIMESTAMP", "median({TIMESTAMP})"], [1, "DOUBLE", "median({DOUBLE!})"],
  [1, "INTEGER", "quantile_disc({INTEGER}, 0.5)"], [1, "VARCHAR", "quantile_disc({VARCHAR}, 0.3)"], [1, "DATE", "quantile_disc({DATE}, 0.9)"],
  [1, "DOUBLE~", "sem({INTEGER})"], [1, "DOUBLE~", "var_samp({SMALLINT})"], [1, "TIMESTAMP", "avg({TIMESTAMP})"], [1, "HUGEINT", "sum({BOOLEAN})"],
  [1, "BIGINT", "bit_and({BIGINT})"], [1, "SMALLINT", "bit_xor({SMALLINT})"],
]; // prettier-ignore

/** Some aggregates over a scope. `source.key` is a column that differs in every row, if there is one. */
export function randomAggregates(scope: Scope, source: { readonly key: string | undefined }, count: number): Typed[] {
  return scope.dice.times(count, () => randomAggregate(scope, source.key));
}

function randomAggregate(scope: Scope, key: string | undefined): Typed {
  const { dice } = scope;
  return dice.weighted<() => Typed>([
    [3, () => ({ sql: sequence("count(*)", filter(scope)), type: "BIGINT" })],
    [4, () => counted(scope)],
    [6, () => extremum(scope)],
    [8, () => templated(scope)],
    [1, () => ordered(scope)],
    [1, () => argument(scope, key)],
  ])();
}

const filter = (scope: Scope): SqlNode => (scope.dice.chance(0.15) ? optional(" FILTER (WHERE ", randomPredicate(scope, 1), ")") : "");
const distinct = (scope: Scope, chance: number): SqlNode => (scope.dice.chance(chance) ? optional("DISTINCT ") : "");

function counted(scope: Scope): Typed {
  const sql = sequence("count(", distinct(scope, 0.4), randomExpression(scope, someType(scope), 1), ")", filter(scope));
  return { sql, type: "BIGINT" };
}

function extremum(scope: Scope): Typed {
  const type = someType(scope);
  const sql = sequence(`${scope.dice.pick(["min", "max"])}(`, randomExpression(scope, type, 1), ")", filter(scope));
  return { sql, type };
}

function templated(scope: Scope): Typed {
  const { dice } = scope;
  const here = new Set(scope.columns.map((column) => column.type));
  const weighted = aggregateTemplates.map(([weight, type, text]) => {
    const about = /\{([^}]*)\}/.exec(text)![1]!;
    return [here.has(about) ? weight * 5 : weight, [type, text]] as const;
  });
  const [type, text] = dice.weighted(weighted);
  const call = text.replace("(", "(\u0001");
  const [name, rest] = call.split("\u0001") as [string, string];
  return { sql: sequence(name, distinct(scope, 0.1), fill(scope, rest, 1), filter(scope)), type };
}

/** Lists and texts in an order that leaves no choice. */
function ordered(scope: Scope): Typed {
  const { dice } = scope;
  const fitting = scope.columns.filter(({ type }) => type === "INTEGER" || type === "VARCHAR");
  if (fitting.length === 0) return counted(scope);
  const { sql, type } = dice.pick(fitting);
  const direction = dice.pick(["", " DESC", " NULLS FIRST"]);
  if (dice.chance(0.3))
    return { sql: sequence(`${dice.pick(["first", "last", "any_value"])}(${sql} ORDER BY ${sql}${direction})`, filter(scope)), type };
  if (type === "VARCHAR" && dice.chance(0.5))
    return { sql: sequence(`string_agg(${sql}, ',' ORDER BY ${sql}${direction})`, filter(scope)), type };
  return { sql: sequence(`array_agg(${sql} ORDER BY ${sql}${direction})`, filter(scope)), type: `${type}[]` };
}

/** arg_min and arg_max by something that leaves no choice. */
function argument(scope: Scope, key: string | undefined): Typed {
  const { dice } = scope;
  const { sql, type }: ScopeColumn = dice.pick(scope.columns);
  if (type.endsWith("~") || type === "DOUBLE0") return counted(scope);
  return {
    sql: sequence(`${dice.pick(["arg_min", "arg_max", "arg_min_null", "arg_max_null"])}(${sql}, ${key ?? sql})`, filter(scope)),
    type,
  };
}
