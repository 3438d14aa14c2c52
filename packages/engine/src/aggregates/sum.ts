import { EvaluationError } from "../expression/evaluation-error.ts";
import type { RowCompiler } from "../expression/row-compiler.ts";
import type { AggregateCall } from "../plan/types.ts";
import type { Row, Value } from "../types.ts";
import type { Accumulator, AggregateFunction, BoundAggregate } from "./accumulator.ts";
import { onlyArgument, unproven } from "./argument.ts";
import { ExactFloatSum } from "./exact-float-sum.ts";
import { IntegerSum } from "./integer-sum.ts";
import { floats, largeIntegers, smallIntegers } from "./numeric-types.ts";

/**
 * sum(x): NULL over nothing.
 *
 * Integers and DECIMAL are exact. So are doubles here: DuckDB adds them one after the other and rounds each time, which depends on the
 * order of rows; both are equal whenever no rounding happens. The overflow of a HUGEINT is a fault of the whole sum: DuckDB also
 * fails when only a part of it overflows.
 */
export const sum: AggregateFunction = {
  names: ["sum", "sum_no_overflow"],
  signature: "sum(BOOLEAN, integers, DECIMAL, FLOAT, DOUBLE)",
  bind(call: AggregateCall, rows: RowCompiler): BoundAggregate {
    const argument = onlyArgument(call);
    const { id } = argument.type;
    const value = rows.value(argument);
    if (smallIntegers.has(id) && call.type.id === "HUGEINT") {
      return { input: value, create: () => new SmallIntegerSum() };
    }
    if (id === "BOOLEAN" && call.type.id === "HUGEINT") return countIf.bind(call, rows);
    const exact = (largeIntegers.has(id) && call.type.id === "HUGEINT") || (id === "DECIMAL" && call.type.id === "DECIMAL");
    if (exact) return { input: value, create: () => new LargeIntegerSum() };
    if (floats.has(id) && call.type.id === "DOUBLE") {
      return { input: value, create: () => new FloatSum() };
    }
    throw unproven(call);
  },
};

/** count_if(condition): a sum of booleans in DuckDB, and so NULL, not 0, when every condition is. */
export const countIf: AggregateFunction = {
  names: ["count_if", "countif"],
  signature: "count_if(BOOLEAN)",
  bind(call: AggregateCall, rows: RowCompiler): BoundAggregate {
    const argument = onlyArgument(call);
    if (argument.type.id !== "BOOLEAN" || call.type.id !== "HUGEINT") throw unproven(call);
    const value = rows.value(argument);
    const input = (row: Row): Value => {
      const truth = value(row);
      return truth === null ? null : truth === true ? 1 : 0;
    };
    return { input, create: () => new SmallIntegerSum() };
  },
};

class SmallIntegerSum implements Accumulator {
  private count = 0;
  private readonly sum = new IntegerSum();

  add(value: Value, weight: number): void {
    this.count += weight;
    this.sum.add(value as number, weight);
  }

  result(): Value {
    return this.count === 0 ? null : this.sum.total();
  }
}

class LargeIntegerSum implements Accumulator {
  private count = 0;
  private total = 0n;

  add(value: Value, weight: number): void {
    this.count += weight;
    if (weight === 1) this.total += value as bigint;
    else if (weight === -1) this.total -= value as bigint;
    else this.total += (value as bigint) * BigInt(weight);
  }

  result(): Value {
    return this.count === 0 ? null : checkHugeint(this.total);
  }
}

/** @throws EvaluationError when a sum is beyond a HUGEINT. */
export function checkHugeint(value: bigint): bigint {
  if (BigInt.asIntN(128, value) !== value) throw new EvaluationError("Out of Range Error: Overflow in HUGEINT addition");
  return value;
}

class FloatSum implements Accumulator {
  private count = 0;
  private readonly sum = new ExactFloatSum();

  add(value: Value, weight: number): void {
    this.count += weight;
    this.sum.add(value as number, weight);
  }

  result(): Value {
    return this.count === 0 ? null : this.sum.total();
  }
}
