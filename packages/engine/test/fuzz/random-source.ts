import type { Dice } from "./dice.ts";
import { randomExpression, randomPredicate, someType, type Scope, type ScopeColumn } from "./expressions.ts";
import { suits, type FuzzType } from "./fuzz-types.ts";
import { list, optional, sequence, type SqlNode } from "./sql-tree.ts";
import { scalarSubquery, subqueryPredicate } from "./subqueries.ts";

/** A table or view that a query may read. */
export interface FuzzRelation {
  readonly name: string;
  readonly columns: readonly { readonly name: string; readonly type: FuzzType }[];
  /** Name of the column that is a key alone, if there is one. */
  readonly key: string | undefined;
}

export interface RandomQuery {
  readonly sql: SqlNode;
  /** Types of its columns, which are called c0, c1, … */
  readonly types: readonly FuzzType[];
}

/** What the parts of one query share. */
export interface Context {
  readonly dice: Dice;
  readonly relations: readonly FuzzRelation[];
  readonly nextAlias: () => string;
  /** How many levels of queries may still nest. */
  readonly depth: number;
  /** Any query, for a derived table. */
  readonly derive: (context: Context) => RandomQuery;
}

export interface Source {
  readonly sql: SqlNode;
  readonly columns: readonly ScopeColumn[];
  /** Column that differs in every row. */
  readonly key: string | undefined;
}

export function scopeOf(context: Context, columns: readonly ScopeColumn[], subqueries = false): Scope {
  return {
    dice: context.dice,
    columns,
    scalar: subqueries ? (scope, type) => scalarSubquery(context, scope, type) : undefined,
    predicate: subqueries ? (scope) => subqueryPredicate(context, scope) : undefined,
  };
}

/** Anything that may stand after FROM, with its columns. */
export function randomSource(context: Context, joins = 2): Source {
  const { dice } = context;
  if (joins > 0 && dice.chance(0.45)) return joined(context, joins);
  return dice.weighted([
    [12, base],
    [context.depth > 0 ? 4 : 0, derived],
    [1, values],
    [1, unnested],
    [2, timeWindows],
  ])(context);
}

export function base(context: Context): Source {
  const relation = context.dice.pick(context.relations);
  const alias = context.nextAlias();
  return {
    sql: `${relation.name} AS ${alias}`,
    columns: relation.columns.map(({ name, type }) => ({ sql: `${alias}.${name}`, type })),
    key: relation.key === undefined ? undefined : `${alias}.${relation.key}`,
  };
}

function derived(context: Context): Source {
  const inner = context.derive({ ...context, depth: context.depth - 1 });
  // What is right only up to rounding must not decide anything.
  if (inner.types.some((type) => type.endsWith("~"))) return base(context);
  return named(context, inner.types, sequence("(", inner.sql, ")"));
}

function named(context: Context, types: readonly FuzzType[], sql: SqlNode): Source {
  const alias = context.nextAlias();
  return {
    sql: sequence(sql, ` AS ${alias}(${types.map((_, i) => `c${i}`).join(", ")})`),
    columns: types.map((type, i) => ({ sql: `${alias}.c${i}`, type })),
    key: undefined,
  };
}

function values(context: Context): Source {
  const { dice } = context;
  const nothing = scopeOf(context, []);
  const types = dice.times(dice.between(1, 2), () => dice.pick(["INTEGER", "VARCHAR", "BIGINT", "BOOLEAN"]));
  const row = (): SqlNode => sequence("(", ...types.flatMap((type, i) => [i > 0 ? ", " : "", `CAST(`, randomExpression(nothing, type, 0), ` AS ${type})`]), ")");
  return named(context, types, sequence("(VALUES ", list(dice.times(dice.between(1, 3), row)), ")"));
} // prettier-ignore

function unnested(context: Context): Source {
  const { dice } = context;
  const source = base(context);
  const type = dice.pick(["INTEGER", "VARCHAR"]);
  const alias = context.nextAlias();
  const items = randomExpression(scopeOf(context, source.columns), `${type}[]`, 1);
  return {
    sql: sequence(source.sql, " CROSS JOIN LATERAL (SELECT unnest(", items, `) AS c0) AS ${alias}`),
    columns: [...source.columns, { sql: `${alias}.c0`, type }],
    key: undefined,
  };
}

/** TUMBLE and HOP over a table or view with a column of time; a table without one is taken as it is. */
export function timeWindows(context: Context): Source {
  const { dice } = context;
  const timed = context.relations.filter(({ columns }) => columns.some(isInstant));
  if (timed.length === 0) return base(context);
  const { name, columns } = dice.pick(timed);
  const alias = context.nextAlias();
  const time = dice.pick(columns.filter(isInstant)).name;
  const [slide, size] = [dice.pick(lengths), dice.pick(lengths)];
  // As many windows cover a row as slides fit into a window.
  const hops = dice.chance(0.5) && size.hours / slide.hours <= 30;
  const offset = dice.chance(0.3) ? ", INTERVAL '90' MINUTES" : "";
  const call = hops ? `HOP(TABLE ${name}, DESCRIPTOR(${time}), ${slide.sql}, ${size.sql}${offset})` : `TUMBLE(TABLE ${name}, DESCRIPTOR(${time}), ${size.sql}${offset})`;
  const given = columns.map((column) => ({ sql: `${alias}.${column.name}`, type: column.type }));
  const made = ["window_start", "window_end"].map((column) => ({ sql: `${alias}.${column}`, type: "TIMESTAMP" }));
  return { sql: `TABLE(${call}) AS ${alias}`, columns: [...given, ...made], key: undefined };
} // prettier-ignore

const isInstant = ({ type }: { readonly type: FuzzType }): boolean => type === "TIMESTAMP";
const lengths = [
  { sql: "INTERVAL '1' HOUR", hours: 1 },
  { sql: "INTERVAL '1' DAY", hours: 24 },
  { sql: "INTERVAL '7' DAYS", hours: 168 },
  { sql: "INTERVAL '100' MINUTES", hours: 1.7 },
  { sql: "INTERVAL '9' WEEKS", hours: 1512 },
] as const;

const joinWords = ["JOIN", "JOIN", "JOIN", "LEFT JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN", "SEMI JOIN", "ANTI JOIN"];

function joined(context: Context, joins: number): Source {
  const { dice } = context;
  const left = randomSource(context, joins - 1);
  const right = randomSource(context, dice.chance(0.2) ? joins - 1 : 0);
  const columns = [...left.columns, ...right.columns];
  if (dice.chance(0.06)) return { sql: sequence(left.sql, " CROSS JOIN ", bracketed(right.sql)), columns, key: undefined };
  const word = dice.pick(joinWords);
  const only = word === "SEMI JOIN" || word === "ANTI JOIN";
  return {
    sql: sequence(left.sql, ` ${word} `, bracketed(right.sql), " ON ", condition(context, left, right)),
    columns: only ? left.columns : columns,
    key: only ? left.key : undefined,
  };
}

/** A join on the right of a join needs brackets; a lone relation must not have them around its alias. */
const bracketed = (node: SqlNode): SqlNode =>
  typeof node !== "string" && node.kind === "sequence" && node.parts.some((part) => typeof part === "string" && / JOIN /.test(part))
    ? sequence("(", node, ")")
    : node;

function condition(context: Context, left: Source, right: Source): SqlNode {
  const { dice } = context;
  const pairs = left.columns.flatMap((a) =>
    right.columns
      .filter((b) => !a.type.endsWith("~") && (suits(a.type, b.type) || suits(b.type, a.type)))
      .map((b) => [a.sql, b.sql] as const),
  );
  const terms: SqlNode[] = [];
  if (pairs.length > 0)
    for (const [a, b] of dice.shuffle(pairs).slice(0, dice.chance(0.2) ? 2 : 1))
      terms.push(`${a} ${dice.weighted([[10, "="], [1, "<"], [1, ">="], [1, "IS NOT DISTINCT FROM"], [1, "<>"]])} ${b}`); // prettier-ignore
  else {
    const type = someType(scopeOf(context, left.columns), ["INTEGER", "VARCHAR", "BIGINT"]);
    const side = (source: Source): SqlNode => randomExpression(scopeOf(context, source.columns), type, 1);
    terms.push(sequence(side(left), " = ", side(right)));
  }
  const residual = dice.chance(0.25) ? optional(" AND ", randomPredicate(scopeOf(context, [...left.columns, ...right.columns]), 1)) : "";
  return sequence("(", list(terms, " AND "), residual, ")");
}
