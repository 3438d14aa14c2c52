import type { Dice } from "./dice.ts";
import { expressionTemplates } from "./expression-templates.ts";
import { literal, simplest, suits, type FuzzType } from "./fuzz-types.ts";
import { expression, sequence, type SqlNode } from "./sql-tree.ts";

export interface ScopeColumn {
  /** As an expression refers to it: `a.c0`. */
  readonly sql: string;
  readonly type: FuzzType;
}

/** What an expression may refer to. */
export interface Scope {
  readonly dice: Dice;
  readonly columns: readonly ScopeColumn[];
  /** A subquery of one column and at most one row, or undefined when there is no room for one. */
  readonly scalar: ((scope: Scope, type: FuzzType) => SqlNode | undefined) | undefined;
  /** IN (SELECT …), EXISTS (…) and the like. */
  readonly predicate: ((scope: Scope) => SqlNode | undefined) | undefined;
}

/** A random expression of a type; `depth` bounds how far it nests. */
export function randomExpression(scope: Scope, type: FuzzType, depth: number): SqlNode {
  const { dice } = scope;
  const templates = expressionTemplates.get(type) ?? [];
  if (depth <= 0 || templates.length === 0 || dice.chance(0.35)) return leaf(scope, type);
  if (dice.chance(0.07)) {
    const subquery = type === "BOOLEAN" ? scope.predicate?.(scope) : scope.scalar?.(scope, type);
    if (subquery !== undefined) return wrapped(type, subquery);
  }
  return wrapped(type, fill(scope, dice.pick(templates), depth));
}

/** A predicate: seldom a bare column or constant. */
export function randomPredicate(scope: Scope, depth = 2): SqlNode {
  const { dice } = scope;
  if (dice.chance(0.25)) {
    const subquery = scope.predicate?.(scope);
    if (subquery !== undefined) return subquery;
  }
  const about = dice.pick(scope.columns).type;
  const texts = expressionTemplates.get("BOOLEAN")!.filter((text) => text.includes(`{${about}}`));
  if (texts.length === 0 || dice.chance(0.2)) return randomExpression(scope, "BOOLEAN", depth);
  return wrapped("BOOLEAN", fill(scope, dice.pick(texts), depth));
}

const wrapped = (type: FuzzType, ...parts: readonly SqlNode[]): SqlNode => expression(type, simplest(type), ...parts);

function leaf(scope: Scope, type: FuzzType): SqlNode {
  const { dice } = scope;
  const fitting = scope.columns.filter((column) => suits(column.type, type));
  if (fitting.length > 0 && dice.chance(0.85)) return wrapped(type, dice.pick(fitting).sql);
  const text = literal(dice, type);
  return text === simplest(type) ? text : wrapped(type, text);
}

/** Puts expressions into the holes of a template. */
export function fill(scope: Scope, template: string, depth: number): SqlNode {
  const parts = template.split(/\{([A-Z][^'{}]*(?:\[\])?)\}/);
  return sequence(...parts.map((part, i) => (i % 2 === 0 ? part : hole(scope, part, depth))));
}

/** Constants alone fold away and test nothing: where a column of the type is in reach, one of two holes has it at once. */
function hole(scope: Scope, type: FuzzType, depth: number): SqlNode {
  return randomExpression(scope, type, scope.dice.chance(0.5) ? 0 : depth - 1);
}

/** Types of which the scope has columns, the likeliest to be wanted first. */
export function someType(scope: Scope, among?: readonly FuzzType[]): FuzzType {
  const { dice } = scope;
  const here = scope.columns
    .map((column) => column.type)
    .filter((type) => !type.endsWith("~") && (among === undefined || among.includes(type)));
  if (here.length > 0 && dice.chance(0.75)) return dice.pick(here);
  return dice.pick(among ?? ["INTEGER", "BIGINT", "VARCHAR", "BOOLEAN", "DECIMAL(9,2)", "DOUBLE", "DATE", "TIMESTAMP", "INTEGER[]", "HUGEINT", "INTERVAL", "JSON", "STRUCT(p INTEGER, q VARCHAR)", "VARCHAR[]"]); // prettier-ignore
}
