import { randomExpression, randomPredicate, someType } from "./expressions.ts";
import { castName, type FuzzType } from "./fuzz-types.ts";
import { randomAggregates } from "./random-aggregates.ts";
import { base, randomSource, scopeOf, timeWindows, type Context, type RandomQuery, type Source } from "./random-source.ts";
import { randomPeerWindow, randomWindow, totalOrder } from "./random-window.ts";
import { list, optional, query, sequence, type SqlNode } from "./sql-tree.ts";

/** Any query of the grammar. */
export function randomQuery(context: Context): RandomQuery {
  const { dice, depth } = context;
  const nested = depth > 0 ? 1 : 0;
  return dice.weighted<(context: Context) => RandomQuery>([
    [8, plain],
    [9, (given) => grouped(given)],
    [2, (given) => grouped(given, timeWindows(given))],
    [4 * nested, setOperation],
    [2 * nested, topRows],
    [3, windowed],
    [2, topOfEach],
    [1, distinctOn],
    [2 * nested, commonTable],
    [1, unnestedItems],
  ])(context);
}

const as = (node: SqlNode, i: number): SqlNode => sequence(node, ` AS c${i}`);
const where = (context: Context, source: Source, chance: number): SqlNode =>
  context.dice.chance(chance) ? optional(" WHERE ", randomPredicate(scopeOf(context, source.columns, true))) : "";

function plain(context: Context): RandomQuery {
  const { dice } = context;
  const source = randomSource(context);
  const scope = scopeOf(context, source.columns, true);
  return projection(
    context,
    source,
    dice.times(dice.between(1, 4), () => someType(scope)),
  );
}

/** SELECT of expressions of the given types. */
function projection(context: Context, source: Source, types: readonly FuzzType[]): RandomQuery {
  const { dice } = context;
  const scope = scopeOf(context, source.columns, true);
  const items = types.map((type, i) => as(randomExpression(scope, type, dice.between(0, 2)), i));
  const distinct = dice.chance(0.2) ? optional("DISTINCT ") : "";
  return { sql: query("SELECT ", distinct, list(items), " FROM ", source.sql, where(context, source, 0.45)), types };
}

function grouped(context: Context, source = randomSource(context)): RandomQuery {
  const { dice } = context;
  const scope = scopeOf(context, source.columns);
  const usable = source.columns.filter((column) => !column.type.endsWith("~"));
  const windows = usable.filter(({ sql }) => sql.includes(".window_"));
  const groups = windows.length > 0 && dice.chance(0.7)
    ? windows.concat(dice.chance(0.5) ? dice.pick(usable.filter((column) => !windows.includes(column))) : [])
    : dice.shuffle(usable).slice(0, dice.weighted([[2, 0], [5, 1], [3, 2]]));
  const aggregates = randomAggregates(scope, source, dice.between(1, 3));
  const types: FuzzType[] = [...groups.map((group) => group.type), ...aggregates.map(({ type }) => type)];
  const items = [...groups.map((group): SqlNode => group.sql), ...aggregates.map(({ sql }) => sql)];
  const texts = groups.map((group) => group.sql);
  const sets = texts.length > 0 && dice.chance(0.15);
  if (sets) {
    items.push(`grouping(${texts[0]})`);
    types.push("BIGINT");
  }
  const by = groups.length === 0 ? "" : ` GROUP BY ${sets ? groupingSets(context, texts) : texts.join(", ")}`;
  const having = dice.chance(0.15) ? optional(" HAVING ", dice.pick(["count(*) > 1", "count(*) < 4", `max(${dice.pick(usable).sql}) IS NOT NULL`])) : "";
  return { sql: query("SELECT ", list(items.map(as)), " FROM ", source.sql, where(context, source, 0.3), by, having), types };
} // prettier-ignore

function groupingSets({ dice }: Context, texts: readonly string[]): string {
  const all = texts.join(", ");
  return dice.pick([`ROLLUP (${all})`, `CUBE (${all})`, `GROUPING SETS ((${all}), ())`, `GROUPING SETS ((${texts[0]}), (${all}))`]);
}

function setOperation(context: Context): RandomQuery {
  const { dice } = context;
  const left = plain({ ...context, depth: context.depth - 1 });
  const types = left.types.map((type) => (type.startsWith("DOUBLE") ? "DOUBLE" : type));
  const casts = (inner: RandomQuery): SqlNode =>
    query("SELECT ", types.map((type, i) => `CAST(c${i} AS ${castName(type)}) AS c${i}`).join(", "), " FROM (", inner.sql, ")");
  const right = projection(context, randomSource(context, 1), types);
  const operator = dice.weighted([[4, "UNION ALL"], [3, "UNION"], [2, "EXCEPT"], [2, "INTERSECT"], [1, "EXCEPT ALL"], [1, "INTERSECT ALL"]]);
  return { sql: query("(", casts(left), `) ${operator} (`, casts(right), ")"), types };
} // prettier-ignore

/** Any query as a source whose rows are told apart by its columns. */
function inner(context: Context): Source {
  const { sql, types } = context.derive({ ...context, depth: context.depth - 1 });
  if (types.some((type) => type.endsWith("~"))) return base(context);
  const alias = context.nextAlias();
  return {
    sql: sequence("(", sql, `) AS ${alias}`),
    columns: types.map((type, i) => ({ sql: `${alias}.c${i}`, type })),
    key: undefined,
  };
}

function topRows(context: Context): RandomQuery {
  const { dice } = context;
  const source = inner(context);
  const items = source.columns.map((column, i) => as(column.sql, i));
  const offset = dice.chance(0.3) ? optional(` OFFSET ${dice.between(1, 2)}`) : "";
  const limit = ` LIMIT ${dice.between(1, 4)}`;
  return {
    sql: query("SELECT ", list(items), " FROM ", source.sql, " ORDER BY ", totalOrder(dice, source.columns), limit, offset),
    types: source.columns.map((column) => column.type),
  };
}

const sorted = (context: Context): Source => (context.depth > 0 && context.dice.chance(0.3) ? inner(context) : base(context));

function windowed(context: Context): RandomQuery {
  const { dice } = context;
  const source = sorted(context);
  // Equal rows differ only by their places: two orders would leave open which place goes with which.
  const calls = [randomWindow(scopeOf(context, source.columns))];
  if (dice.chance(0.5)) calls.push(randomPeerWindow(scopeOf(context, source.columns)));
  const kept = dice.shuffle(source.columns).slice(0, dice.between(1, 2));
  const items = [...kept.map((column): SqlNode => column.sql), ...calls.map(({ sql }) => sql)];
  return {
    sql: query("SELECT ", list(items.map(as)), " FROM ", source.sql, where(context, source, 0.2)),
    types: [...kept.map((column) => column.type), ...calls.map(({ type }) => type)],
  };
}

/** The first rows of each group: Nexmark's favourite. */
function topOfEach(context: Context): RandomQuery {
  const { dice } = context;
  const source = sorted(context);
  const ranking = dice.pick(["row_number", "rank", "dense_rank"]);
  const group = dice.pick(source.columns).sql;
  const order = totalOrder(dice, source.columns);
  const over = sequence(`${ranking}() OVER (PARTITION BY ${group} ORDER BY `, order, ")");
  const types = source.columns.map((column) => column.type);
  const names = types.map((_, i) => `c${i}`).join(", ");
  const items = list(source.columns.map((column, i) => as(column.sql, i)));
  const top = dice.between(1, 3);
  if (dice.chance(0.4)) return { sql: query("SELECT ", items, " FROM ", source.sql, " QUALIFY ", over, ` <= ${top}`), types };
  const ranked = query("SELECT ", items, ", ", over, " AS place FROM ", source.sql);
  return { sql: query(`SELECT ${names} FROM (`, ranked, `) WHERE place <= ${top}`), types };
}

function distinctOn(context: Context): RandomQuery {
  const { dice } = context;
  const source = sorted(context);
  const first = dice.pick(source.columns).sql;
  const items = list(source.columns.map((column, i) => as(column.sql, i)));
  return {
    sql: query(`SELECT DISTINCT ON (${first}) `, items, " FROM ", source.sql, ` ORDER BY ${first}, `, totalOrder(dice, source.columns)),
    types: source.columns.map((column) => column.type),
  };
}

function commonTable(context: Context): RandomQuery {
  const { dice } = context;
  const definition = context.derive({ ...context, depth: context.depth - 1 });
  if (definition.types.some((type) => type.endsWith("~"))) return plain(context);
  const name = `w_${context.nextAlias()}`;
  const columns = definition.types.map((type, i) => ({ name: `c${i}`, type }));
  const inside: Context = { ...context, depth: 0, relations: [...context.relations, ...Array(3).fill({ name, columns, key: undefined })] };
  const body = dice.chance(0.5) ? plain(inside) : grouped(inside);
  return { sql: query(`WITH ${name} AS (`, definition.sql, ") ", body.sql), types: body.types };
} // prettier-ignore

function unnestedItems(context: Context): RandomQuery {
  const { dice } = context;
  const source = base(context);
  const scope = scopeOf(context, source.columns);
  const type = dice.pick(["INTEGER", "VARCHAR"]);
  const kept = dice.pick(source.columns);
  return {
    sql: query("SELECT ", kept.sql, " AS c0, unnest(", randomExpression(scope, `${type}[]`, 1), ") AS c1 FROM ", source.sql),
    types: [kept.type, type],
  };
}
