import type { RowCompiler } from "../expression/row-compiler.ts";
import type { AggregateCall, Expression } from "../plan/types.ts";
import { Unsupported } from "../plan/unsupported.ts";
import type { Row, Value } from "../types.ts";
import type { AggregateFunction, BoundAggregate } from "./accumulator.ts";
import { argExtremum } from "./arg-extremum.ts";
import { requireIdentity, unproven } from "./argument.ts";
import { avg } from "./avg.ts";
import { bitAnd, bitOr, bitXor } from "./bits.ts";
import { boolAnd, boolOr } from "./boolean.ts";
import { count } from "./count.ts";
import { Distinct } from "./distinct.ts";
import { max, min } from "./extremum.ts";
import { anyValue, first, last, list, stringAgg } from "./ordered.ts";
import { quantileCont, quantileDisc } from "./quantile.ts";
import { countIf, sum } from "./sum.ts";
import { variance } from "./variance.ts";

/** Every aggregate that is kept incrementally. */
export const aggregateFunctions: readonly AggregateFunction[] = [
  ...[count, countIf, sum, avg, min, max, argExtremum, boolAnd, boolOr, bitAnd, bitOr, bitXor, variance],
  ...[quantileCont, quantileDisc],
  ...[stringAgg, list, first, last, anyValue],
];
/** Those whose ORDER BY changes the result. */
const ordered: ReadonlySet<AggregateFunction> = new Set([stringAgg, list, first, last, anyValue]);

const byName = new Map(aggregateFunctions.flatMap((each) => each.names.map((name) => [name, each] as const)));

/**
 * Makes the accumulators of an aggregate call, DISTINCT and FILTER included.
 *
 * @throws Unsupported for an aggregate, or types, that are not proven to equal DuckDB.
 */
export function bindAggregate(call: AggregateCall, rows: RowCompiler): BoundAggregate {
  const aggregate = byName.get(call.name);
  if (aggregate === undefined) throw new Unsupported(`aggregate ${call.name}`);
  const effective = ordered.has(aggregate) ? call : { ...call, orderBy: [] };
  const bound = aggregate.bind(effective, rows);
  return filtered(call.distinct ? distinct(effective, rows, bound) : bound, call.filter, rows);
}

/** Only of one argument, and in no order but its own: then equal arguments are equal inputs. */
function distinct(call: AggregateCall, rows: RowCompiler, bound: BoundAggregate): BoundAggregate {
  const [argument, ...others] = call.args;
  if (argument === undefined || others.some(({ kind }) => kind !== "constant")) throw unproven(call);
  requireIdentity(argument.type, `${call.name}(DISTINCT)`);
  const sameOrder = call.orderBy.every(({ expression }) => sameColumn(expression, argument));
  if (!sameOrder) throw new Unsupported(`aggregate ${call.name}(DISTINCT) in the order of another expression`);
  const key = rows.key([{ kind: "column", index: 0, type: argument.type }]);
  const keyOf = call.orderBy.length === 0 ? (value: Value) => key([value]) : (value: Value) => key(value as Row);
  return { ...bound, create: () => new Distinct(keyOf, bound.create()) };
}

function sameColumn(a: Expression, b: Expression): boolean {
  return a.kind === "column" && b.kind === "column" && a.index === b.index;
}

/** Rows that the FILTER does not keep become NULL, which is skipped. DuckDB evaluates the arguments of these too, and may fault. */
function filtered(bound: BoundAggregate, filter: Expression | undefined, rows: RowCompiler): BoundAggregate {
  if (filter === undefined) return bound;
  const keeps = rows.predicate([filter]);
  const { input } = bound;
  return {
    ...bound,
    input(row) {
      const value = input(row);
      return keeps(row) ? value : null;
    },
  };
}
