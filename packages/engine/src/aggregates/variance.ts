import { EvaluationError } from "../expression/evaluation-error.ts";
import type { RowCompiler } from "../expression/row-compiler.ts";
import type { AggregateCall } from "../plan/types.ts";
import type { Value } from "../types.ts";
import type { Accumulator, AggregateFunction, BoundAggregate } from "./accumulator.ts";
import { onlyArgument, unproven } from "./argument.ts";
import { divide } from "./binary.ts";
import { ExactFloatSum, toFixedPoint } from "./exact-float-sum.ts";

interface Spread {
  /** Values below which the result is NULL. */
  readonly least: 1 | 2;
  /** From the variance over `count - least + 1` values. */
  readonly finish: (variance: number, count: number) => number;
  /** As DuckDB calls it when the result is beyond a double. */
  readonly called: string;
}

const spreads: Readonly<Record<string, Spread>> = {
  var_pop: { least: 1, finish: (variance) => variance, called: "VARPOP" },
  var_samp: { least: 2, finish: (variance) => variance, called: "VARSAMP" },
  variance: { least: 2, finish: (variance) => variance, called: "VARSAMP" },
  stddev_pop: { least: 1, finish: Math.sqrt, called: "STDDEV_POP" },
  stddev_samp: { least: 2, finish: Math.sqrt, called: "STDDEV_SAMP" },
  stddev: { least: 2, finish: Math.sqrt, called: "STDDEV_SAMP" },
  sem: { least: 1, finish: (variance, count) => Math.sqrt(variance) / Math.sqrt(count), called: "SEM" },
};

/**
 * Variances and standard deviations, from exact sums and rounded once. DuckDB updates a running mean (Welford), whose error depends
 * on the order of rows: on data without extreme offsets both are equal to some 1e-9 of the value.
 */
export const variance: AggregateFunction = {
  names: Object.keys(spreads),
  signature: "var_pop, var_samp, variance, stddev_pop, stddev_samp, stddev, sem (DOUBLE)",
  bind(call: AggregateCall, rows: RowCompiler): BoundAggregate {
    const argument = onlyArgument(call);
    const spread = spreads[call.name];
    if (spread === undefined || argument.type.id !== "DOUBLE") throw unproven(call);
    return { input: rows.value(argument), create: () => new Variance(spread) };
  },
};

/** Integers whose squares are sums of exact doubles. */
const exactSquare = 2 ** 26;

class Variance implements Accumulator {
  private count = 0;
  private readonly sum = new ExactFloatSum();
  /** Of small integers. */
  private readonly squares = new ExactFloatSum();
  /** Of other values, in units of 2^-2148. */
  private otherSquares = 0n;
  private readonly spread: Spread;

  constructor(spread: Spread) {
    this.spread = spread;
  }

  add(value: Value, weight: number): void {
    const x = value as number;
    this.count += weight;
    this.sum.add(x, weight);
    if (Number.isInteger(x) && Math.abs(x) < exactSquare) this.squares.add(x * x, weight);
    else if (Number.isFinite(x)) this.otherSquares += toFixedPoint(x) ** 2n * BigInt(weight);
  }

  result(): Value {
    const { least, finish, called } = this.spread;
    if (this.count < least) return null;
    // Of one value DuckDB does not even look at it, unless it is asked for the error of the mean.
    if (this.count === 1 && called !== "SEM") return 0;
    const result = finish(this.variance(least), this.count);
    if (!Number.isFinite(result)) throw new EvaluationError(`Out of Range Error: ${called} is out of range!`);
    return result;
  }

  /** (n Σx² - (Σx)²) / (n (n - least + 1)), exactly, then rounded; NaN when a value is not finite. */
  private variance(least: number): number {
    const sum = this.sum.fixedPoint();
    const squares = this.squares.fixedPoint();
    if (sum === undefined || squares === undefined) return NaN;
    const count = BigInt(this.count);
    const total = (squares << 1074n) + this.otherSquares;
    return divide(count * total - sum * sum, (count * BigInt(this.count - least + 1)) << 2148n);
  }
}
