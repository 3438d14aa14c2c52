import type { Dice } from "./dice.ts";
import { randomExpression, someType, type Scope, type ScopeColumn } from "./expressions.ts";
import { suits, type FuzzType } from "./fuzz-types.ts";
import type { Context } from "./random-source.ts";
import { list, optional, sequence, type SqlNode } from "./sql-tree.ts";

interface Inner {
  readonly from: string;
  readonly columns: readonly ScopeColumn[];
  /** ` WHERE …`, often tied to a column of the outer query. */
  readonly where: SqlNode;
}

/** An expression of at most one row: a global aggregate, or a look-up by key. */
export function scalarSubquery(context: Context, scope: Scope, type: FuzzType): SqlNode | undefined {
  const { dice } = context;
  if (type.endsWith("!") || type.startsWith("MAP")) return undefined;
  if (type === "TIMESTAMP" && dice.chance(0.3)) return dice.pick(["NOW()", "(NOW() - INTERVAL 1 DAY)", "date_trunc('hour', NOW())"]);
  if (type === "BIGINT" && dice.chance(0.4)) {
    const inner = innerQuery(context, scope);
    return sequence("(SELECT count(*) FROM ", inner.from, inner.where, ")");
  }
  const keyed = context.relations.filter(({ key, columns }) => key !== undefined && columns.some((column) => suits(column.type, type)));
  if (keyed.length > 0 && dice.chance(0.3)) {
    const { name, key, columns } = dice.pick(keyed);
    const alias = context.nextAlias();
    const keyType = columns.find((column) => column.name === key)!.type;
    const given = dice.pick(columns.filter((column) => suits(column.type, type))).name;
    const wanted = randomExpression({ ...scope, scalar: undefined, predicate: undefined }, keyType, 0);
    return sequence(`(SELECT ${alias}.${given} FROM ${name} AS ${alias} WHERE ${alias}.${key} = `, wanted, ")");
  }
  const inner = innerQuery(context, scope);
  const fitting = inner.columns.filter((column) => suits(column.type, type));
  if (fitting.length === 0) return undefined;
  return sequence(`(SELECT ${dice.pick(["min", "max"])}(${dice.pick(fitting).sql}) FROM `, inner.from, inner.where, ")");
}

/** A temporal filter: rows come into view, or fall out of it, as the clock moves. */
function nearNow(dice: Dice, instant: string): SqlNode {
  const distance = dice.pick(["INTERVAL 1 HOUR", "INTERVAL 1 DAY", "INTERVAL 1 MONTH", "INTERVAL '36' HOURS"]);
  const bounds = [
    `${instant} ${dice.pick([">", ">="])} NOW() - ${distance}`,
    `${instant} ${dice.pick(["<", "<="])} ${dice.pick(["NOW()", `NOW() + ${distance}`])}`,
    `${instant} + ${distance} ${dice.pick(["<", ">"])} NOW()`,
    `${instant} BETWEEN NOW() - ${distance} AND NOW()`,
    `${instant} < date_trunc('day', NOW())`,
  ];
  return sequence("(", list(dice.shuffle(bounds).slice(0, dice.chance(0.3) ? 2 : 1), " AND "), ")");
}

/** NOW(), IN, NOT IN, EXISTS, ANY and ALL. */
export function subqueryPredicate(context: Context, scope: Scope): SqlNode | undefined {
  const { dice } = context;
  const instants = scope.columns.filter(({ type }) => type === "TIMESTAMP" || type === "DATE");
  if (instants.length > 0 && dice.chance(0.4)) return nearNow(dice, dice.pick(instants).sql);
  const inner = innerQuery(context, scope);
  if (dice.chance(0.4)) return sequence(dice.pick(["EXISTS", "NOT EXISTS"]), " (SELECT 1 FROM ", inner.from, inner.where, ")");
  const types = inner.columns.map((column) => column.type).filter((type) => !/~$|^MAP|!$/.test(type));
  if (types.length === 0) return undefined;
  const type = someType(scope, types);
  const column = inner.columns.find((candidate) => suits(candidate.type, type));
  if (column === undefined) return undefined;
  const left = randomExpression({ ...scope, scalar: undefined, predicate: undefined }, type, 1);
  if (dice.chance(0.15)) return tuple(dice, scope, inner);
  const operator = dice.weighted([[5, "IN"], [4, "NOT IN"], [1, "> ALL"], [1, "= ANY"]]); // prettier-ignore
  return sequence("(", left, ` ${operator} (SELECT ${column.sql} FROM `, inner.from, inner.where, "))");
}

/** Two columns against two, not correlated: DuckDB has no plan for more. */
function tuple(dice: Dice, scope: Scope, inner: Inner): SqlNode | undefined {
  const pairs = inner.columns.flatMap((column) =>
    scope.columns.filter(({ type }) => type === column.type && !/~$|^MAP|!$/.test(type)).map((outer) => [outer.sql, column.sql] as const),
  );
  const [first, second] = dice.shuffle(pairs);
  if (first === undefined || second === undefined) return undefined;
  return `((${first[0]}, ${second[0]}) ${dice.pick(["IN", "NOT IN"])} (SELECT ${first[1]}, ${second[1]} FROM ${inner.from}))`;
}

function innerQuery(context: Context, scope: Scope): Inner {
  const { dice } = context;
  const relation = dice.pick(context.relations);
  const alias = context.nextAlias();
  const columns = relation.columns.map(({ name, type }) => ({ sql: `${alias}.${name}`, type }));
  const pairs = columns.flatMap((inner) =>
    scope.columns.filter((outer) => inner.type === outer.type && !inner.type.endsWith("~")).map((outer) => `${inner.sql} = ${outer.sql}`),
  );
  const where = pairs.length > 0 && dice.chance(0.6) ? optional(` WHERE ${dice.pick(pairs)}`) : "";
  return { from: `${relation.name} AS ${alias}`, columns, where };
}
