import type { Dice } from "./dice.ts";
import { randomExpression, randomPredicate, someType, type Scope, type ScopeColumn } from "./expressions.ts";
import type { FuzzType } from "./fuzz-types.ts";
import type { Typed } from "./random-aggregates.ts";
import { list, optional, sequence, type SqlNode } from "./sql-tree.ts";

/** All columns in some order: rows that tie under it are equal. */
export function totalOrder(dice: Dice, columns: readonly ScopeColumn[]): SqlNode {
  const items = dice.shuffle(columns).map(({ sql }) => `${sql}${dice.pick(["", " DESC", " NULLS FIRST", " DESC NULLS LAST"])}`);
  return items.join(", ");
}

const partitionOf = ({ dice, columns }: Scope): SqlNode => (dice.chance(0.7) ? optional(`PARTITION BY ${dice.pick(columns).sql} `) : "");

/** A window call that gives equal rows, as a set, the same values in any order. */
export function randomWindow(scope: Scope): Typed {
  const { dice } = scope;
  const partition = partitionOf(scope);
  return dice.weighted<() => Typed>([
    [4, () => ranking(scope, partition)],
    [3, () => neighbour(scope, partition)],
    [2, () => end(scope, partition)],
    [5, () => running(scope, partition)],
  ])();
}

/** A window call that gives equal rows equal values. */
export function randomPeerWindow(scope: Scope): Typed {
  const partition = partitionOf(scope);
  return scope.dice.chance(0.3) ? rank(scope, partition) : running(scope, partition, false);
}

function rank({ dice, columns }: Scope, partition: SqlNode): Typed {
  const [name, type] = dice.pick([["rank()", "BIGINT"], ["dense_rank()", "BIGINT"], ["percent_rank()", "DOUBLE"], ["cume_dist()", "DOUBLE"]] as const); // prettier-ignore
  return { sql: sequence(`${name} OVER (`, partition, `ORDER BY ${dice.pick(columns).sql})`), type };
}

function ranking(scope: Scope, partition: SqlNode): Typed {
  const { dice, columns } = scope;
  if (dice.chance(0.5)) return rank(scope, partition);
  const name = dice.pick(["row_number()", "row_number()", "ntile(3)"]);
  return { sql: sequence(`${name} OVER (`, partition, "ORDER BY ", totalOrder(dice, columns), ")"), type: "BIGINT" };
}

const ignoring = (dice: Dice): string => (dice.chance(0.25) ? " IGNORE NULLS" : "");

function neighbour({ dice, columns }: Scope, partition: SqlNode): Typed {
  const { sql, type } = dice.pick(columns);
  const name = dice.pick(["lag", "lead"]);
  const distance = `${dice.chance(0.3) ? ", 2" : ""}${ignoring(dice)}`;
  return { sql: sequence(`${name}(${sql}${distance}) OVER (`, partition, "ORDER BY ", totalOrder(dice, columns), ")"), type };
}

function end({ dice, columns }: Scope, partition: SqlNode): Typed {
  const { sql, type } = dice.pick(columns);
  const name = dice.pick(["first_value", "last_value", "nth_value"]);
  const what = `${sql}${name === "nth_value" ? ", 2" : ""}${ignoring(dice)}`;
  const frame = dice.chance(0.4) ? optional(" ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING") : "";
  return { sql: sequence(`${name}(${what}) OVER (`, partition, "ORDER BY ", totalOrder(dice, columns), frame, ")"), type };
}

const sums: Readonly<Record<string, readonly (readonly [name: string, result: FuzzType])[]>> = {
  "INTEGER": [["sum", "HUGEINT"], ["avg", "DOUBLE"]],
  "BIGINT": [["sum", "HUGEINT"], ["avg", "DOUBLE"]],
  "DECIMAL(9,2)": [["sum", "DECIMAL(38,2)"], ["avg", "DOUBLE"]],
  "DOUBLE!": [["sum", "DOUBLE!"], ["avg", "DOUBLE"]],
}; // prettier-ignore

function running(scope: Scope, partition: SqlNode, byPlace = true): Typed {
  const { dice, columns } = scope;
  const type = someType(scope);
  const [name, result] = dice.pick([...(sums[type] ?? []), ["count", "BIGINT"], ["min", type], ["max", type]] as const);
  const argument = randomExpression(scope, type, 1);
  const over = dice.weighted<() => SqlNode>([
    [4, () => partition],
    [3, () => sequence(partition, `ORDER BY ${dice.pick(columns).sql}`)],
    [2, () => sequence(partition, sharedFrame(scope))],
    [byPlace ? 2 : 0, () => sequence(partition, "ORDER BY ", totalOrder(dice, columns), " ROWS BETWEEN 1 PRECEDING AND CURRENT ROW")],
    [byPlace ? 1 : 0, () => sequence(partition, "ORDER BY ", totalOrder(dice, columns), " ROWS BETWEEN CURRENT ROW AND 2 FOLLOWING")],
  ])();
  const filter = dice.chance(0.1) ? optional(" FILTER (WHERE ", randomPredicate(scope, 1), ")") : "";
  return { sql: sequence(`${name}(`, list([argument]), ")", filter, " OVER (", over, ")"), type: result };
}

/** Frames that equal rows share: by value, or by groups of peers. */
function sharedFrame({ dice, columns }: Scope): string {
  const { sql, type } = dice.pick(columns);
  const direction = dice.pick(["", " DESC", " NULLS FIRST"]);
  const distance = distances[type];
  if (distance === undefined || dice.chance(0.4)) return `ORDER BY ${sql}${direction} GROUPS BETWEEN 1 PRECEDING AND ${dice.pick(["CURRENT ROW", "1 FOLLOWING"])}`;
  return `ORDER BY ${sql}${direction} RANGE BETWEEN ${distance} PRECEDING AND ${dice.pick(["CURRENT ROW", `${distance} FOLLOWING`, "UNBOUNDED FOLLOWING"])}`;
} // prettier-ignore

const distances: Readonly<Partial<Record<FuzzType, string>>> = {
  "SMALLINT": "2",
  "INTEGER": "1",
  "BIGINT": "2",
  "DECIMAL(9,2)": "1.5",
  "DATE": "INTERVAL 30 DAYS",
  "TIMESTAMP": "INTERVAL 1 DAY",
}; // prettier-ignore
