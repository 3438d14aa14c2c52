import { EvaluationError } from "../expression/evaluation-error.ts";
import type { RowCompiler } from "../expression/row-compiler.ts";
import type { AggregateCall, Expression, PlanType } from "../plan/types.ts";
import type { Row, Value } from "../types.ts";
import type { Accumulator, AggregateFunction, BoundAggregate } from "./accumulator.ts";
import { requireIdentity, unproven } from "./argument.ts";
import { SortedRows } from "./sorted-rows.ts";

interface Blend {
  /** A value that is the quantile itself, as the result's type. */
  readonly exact: (value: Value) => Value;
  /** Between the values beside the quantile, in proportion. */
  readonly between: (low: Value, high: Value, share: number) => Value;
}

/** median(x) and quantile_cont(x, constant): NULL over nothing; between two values what lies between them. */
export const quantileCont: AggregateFunction = {
  names: ["median", "quantile_cont"],
  signature: "median(TINYINT to BIGINT, DOUBLE, DECIMAL up to 18 digits, TIMESTAMP), quantile_cont(…, constant)",
  bind(call, rows): BoundAggregate {
    const [argument, quantile] = argumentsOf(call);
    const blend = blendOf(argument.type);
    if (blend === undefined) throw unproven(call);
    const pick = (values: SortedRows, count: number): Value => {
      const place = (count - 1) * quantile.share;
      const floor = Math.floor(place);
      const low = values.at(floor)![0] as Value;
      return floor === place ? blend.exact(low) : blend.between(low, values.at(floor + 1)![0] as Value, place - floor);
    };
    return bindQuantile(argument, rows, pick);
  },
};

/** quantile_disc(x, constant): the least value that is not below that share of all. */
export const quantileDisc: AggregateFunction = {
  names: ["quantile_disc", "quantile"],
  signature: "quantile_disc(any, constant)",
  bind(call, rows): BoundAggregate {
    const [argument, { above }] = argumentsOf(call);
    const pick = (values: SortedRows, count: number): Value => values.at(Math.max(1, count - above(count)) - 1)![0] as Value;
    return bindQuantile(argument, rows, pick);
  },
};

interface Share {
  readonly share: number;
  /** How many of so many values are above the share. */
  readonly above: (count: number) => number;
}

/** The values' expression, and the quantile. @throws Unsupported */
function argumentsOf(call: AggregateCall): readonly [Expression, Share] {
  const [argument, quantile, ...others] = call.args;
  if (argument === undefined || quantile?.kind !== "constant" || others.length > 0) throw unproven(call);
  requireIdentity(argument.type, call.name);
  const { value, type } = quantile;
  if (type.id === "DOUBLE" && typeof value === "number") return [argument, { share: value, above: (count) => Math.floor(count - count * value) }];
  if (type.id !== "DECIMAL" || typeof value !== "bigint") throw unproven(call);
  const one = 10n ** BigInt(type.scale ?? 0);
  return [argument, { share: Number(value) / Number(one), above: (count) => Number((BigInt(count) * (one - value)) / one) }];
} // prettier-ignore

function bindQuantile(argument: Expression, rows: RowCompiler, pick: (values: SortedRows, count: number) => Value): BoundAggregate {
  const order = rows.compareValues(argument.type);
  const compare = (a: Row, b: Row): number => order(a[0] as Value, b[0] as Value);
  return { input: rows.value(argument), create: () => new Quantile(compare, pick) };
}

class Quantile implements Accumulator {
  private count = 0;
  private readonly values: SortedRows;
  private readonly pick: (values: SortedRows, count: number) => Value;

  constructor(compare: (a: Row, b: Row) => number, pick: (values: SortedRows, count: number) => Value) {
    this.values = new SortedRows(compare);
    this.pick = pick;
  }

  add(value: Value, weight: number): void {
    this.count += weight;
    this.values.add([value], weight);
  }

  result(): Value {
    return this.count === 0 ? null : this.pick(this.values, this.count);
  }
}

const itself = (value: Value): Value => value;
const between = (low: number, high: number, share: number): number => low * (1 - share) + high * share;
const numbers: Blend = { exact: itself, between: (low, high, share) => between(low as number, high as number, share) };
const bigints: Blend = {
  exact: (value) => Number(value as bigint),
  between: (low, high, share) => between(Number(low as bigint), Number(high as bigint), share),
};
/** What is between two whole units is cut off. */
const decimals: Blend = {
  exact: itself,
  between: (low, high, share) => (low as bigint) + BigInt(Math.trunc(Number((high as bigint) - (low as bigint)) * share)),
};
/** Microseconds, rounded away from zero. */
const instants: Blend = {
  exact: itself,
  between(low, high, share) {
    const instant = between(Number(low as bigint), Number(high as bigint), share);
    const micros = BigInt(Math.sign(instant) * Math.round(Math.abs(instant)));
    if (BigInt.asIntN(64, micros) !== micros) throw new EvaluationError("Timestamp out of range in a quantile");
    return micros;
  },
};

function blendOf({ id, width = 18 }: PlanType): Blend | undefined {
  switch (id) {
    case "TINYINT":
    case "SMALLINT":
    case "INTEGER":
    case "DOUBLE":
      return numbers;
    case "BIGINT":
      return bigints;
    case "DECIMAL":
      return width <= 18 ? decimals : undefined;
    case "TIMESTAMP":
      return instants;
    default:
      return undefined;
  }
}
