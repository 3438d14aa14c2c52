import type { Expression, PlanTypeId } from "../plan/types.ts";
import type { Interval } from "../types.ts";

type Call = Extract<Expression, { readonly kind: "call" }>;

const numbers: ReadonlySet<PlanTypeId> = new Set<PlanTypeId>([
  ...(["TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT"] as const),
  ...(["FLOAT", "DOUBLE", "DECIMAL"] as const),
]);
/** TIME is none of them: it starts again at midnight. */
const moments: ReadonlySet<PlanTypeId> = new Set<PlanTypeId>(["DATE", "TIMESTAMP", "TIMESTAMP_TZ"]);

/**
 * The only column that an expression reads, if it gives more (or the same, or NULL) for more, and NULL for NULL; undefined when that is
 * not known.
 */
export function risesWith(expression: Expression): number | undefined {
  switch (expression.kind) {
    case "column":
      return expression.index;
    case "cast": {
      const from = expression.child.type.id;
      const to = expression.type.id;
      const inOrder = (numbers.has(from) && numbers.has(to)) || (moments.has(from) && moments.has(to));
      return inOrder ? risesWith(expression.child) : undefined;
    }
    case "call": {
      const argument = calls[expression.name]?.(expression);
      return argument === undefined ? undefined : risesWith(argument);
    }
    default:
      return undefined;
  }
}

/** The argument that a call's value rises with. */
const calls: Readonly<Partial<Record<string, (call: Call) => Expression | undefined>>> = {
  "+": ({ args: [a, b, ...others] }) =>
    a === undefined || b === undefined || others.length > 0 ? undefined : isDistance(b, a) ? a : isDistance(a, b) ? b : undefined,
  "-": ({ args: [a, b, ...others] }) => (a !== undefined && b !== undefined && others.length === 0 && isDistance(b, a) ? a : undefined),
  "*": ({ args: [a, b] }) => (isPositive(b) ? numeric(a) : isPositive(a) ? numeric(b) : undefined),
  "/": ({ args: [a, b] }) => (isPositive(b) ? numeric(a) : undefined),
  "//": ({ args: [a, b] }) => (isPositive(b) ? numeric(a) : undefined),
  floor: ({ args: [a] }) => numeric(a),
  ceil: ({ args: [a] }) => numeric(a),
  date_trunc: truncated,
  datetrunc: truncated,
  time_bucket: ({ args: [width, moment, origin, ...others] }) => {
    if (others.length > 0 || (origin !== undefined && !isFixed(origin))) return undefined;
    return width?.kind === "constant" ? momentOnly(moment) : undefined;
  },
  year: ({ args: [moment] }) => momentOnly(moment),
};

function truncated({ args: [part, moment] }: Call): Expression | undefined {
  return part?.kind === "constant" ? momentOnly(moment) : undefined;
}

/** Whether `distance` is a constant that moves every value of the other's type as far. */
function isDistance(distance: Expression, { type: { id } }: Expression): boolean {
  if (distance.kind !== "constant" || distance.value === null) return false;
  if (numbers.has(id)) return numbers.has(distance.type.id) && isFinite(distance);
  return moments.has(id) && (isFixed(distance) || (id === "DATE" && distance.type.id === "INTEGER"));
}

/** A constant moment, or an interval whose length is always the same. */
function isFixed(expression: Expression): boolean {
  if (expression.kind !== "constant" || expression.value === null) return false;
  return moments.has(expression.type.id) || (expression.type.id === "INTERVAL" && (expression.value as Interval).months === 0);
}

const isFinite = ({ value }: { readonly value: unknown }): boolean => typeof value === "bigint" || Number.isFinite(value);

function isPositive(expression: Expression | undefined): boolean {
  if (expression?.kind !== "constant" || !numbers.has(expression.type.id) || !isFinite(expression)) return false;
  return (expression.value as number | bigint) > 0;
}

const numeric = (expression: Expression | undefined): Expression | undefined =>
  expression !== undefined && numbers.has(expression.type.id) ? expression : undefined;
const momentOnly = (expression: Expression | undefined): Expression | undefined =>
  expression !== undefined && moments.has(expression.type.id) ? expression : undefined;
