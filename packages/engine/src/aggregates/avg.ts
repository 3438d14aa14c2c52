import type { RowCompiler } from "../expression/row-compiler.ts";
import type { AggregateCall } from "../plan/types.ts";
import type { Value } from "../types.ts";
import type { Accumulator, AggregateFunction, BoundAggregate } from "./accumulator.ts";
import { onlyArgument, unproven } from "./argument.ts";
import { ExactFloatSum } from "./exact-float-sum.ts";
import { IntegerSum } from "./integer-sum.ts";
import { divideHugeint, dividesDirectly } from "./long-double.ts";
import { checkHugeint } from "./sum.ts";

/**
 * avg(x): NULL over nothing. Integers and DECIMAL: the exact sum divided as DuckDB divides it. Doubles: the exact sum, rounded, divided
 * by the count; DuckDB's sum depends on the order of rows, and is the same whenever it did not have to round.
 */
export const avg: AggregateFunction = {
  names: ["avg", "mean"],
  signature: "avg(integers, DECIMAL, FLOAT, DOUBLE, TIMESTAMP, TIMESTAMP WITH TIME ZONE, TIME)",
  bind(call: AggregateCall, rows: RowCompiler): BoundAggregate {
    const argument = onlyArgument(call);
    const { id, scale = 0, width = 18 } = argument.type;
    const create = accumulatorFor(id, width, scale);
    if (create === undefined) throw unproven(call);
    return { input: rows.value(argument), create };
  },
};

function accumulatorFor(id: string, width: number, scale: number): (() => Accumulator) | undefined {
  if (id === "SMALLINT") return () => new SmallAverage(false);
  if (id === "INTEGER") return () => new SmallAverage(true);
  if (id === "BIGINT" || id === "HUGEINT") return () => new LargeAverage(1n, true);
  // Powers of ten beyond 10^22 are no doubles, as which DuckDB holds them.
  if (id === "DECIMAL" && scale <= 22) return () => new LargeAverage(10n ** BigInt(scale), width > 4);
  if (id === "TIMESTAMP" || id === "TIMESTAMP_TZ" || id === "TIME") return () => new InstantAverage();
  return id === "FLOAT" || id === "DOUBLE" ? () => new FloatAverage() : undefined;
}

class SmallAverage implements Accumulator {
  private count = 0;
  private readonly sum = new IntegerSum();
  private readonly long: boolean;

  constructor(long: boolean) {
    this.long = long;
  }

  add(value: Value, weight: number): void {
    this.count += weight;
    this.sum.add(value as number, weight);
  }

  result(): Value {
    if (this.count === 0) return null;
    const small = this.sum.small();
    if (small !== undefined && (!this.long || dividesDirectly(small, this.count))) return small / this.count;
    return this.long ? divideHugeint(this.sum.total(), BigInt(this.count)) : Number(this.sum.total()) / this.count;
  }
}

class LargeAverage implements Accumulator {
  private count = 0;
  private total = 0n;
  private readonly unit: bigint;
  private readonly long: boolean;

  constructor(unit: bigint, long: boolean) {
    this.unit = unit;
    this.long = long;
  }

  add(value: Value, weight: number): void {
    this.count += weight;
    this.total += weight === 1 ? (value as bigint) : (value as bigint) * BigInt(weight);
  }

  result(): Value {
    if (this.count === 0) return null;
    const divisor = BigInt(this.count) * this.unit;
    const small = Number(this.total);
    if (!this.long || dividesDirectly(small, Number(divisor))) return small / Number(divisor);
    return divideHugeint(checkHugeint(this.total), divisor);
  }
}

/** Microseconds: whole ones, rounded up when more than half of the count is left over. */
class InstantAverage implements Accumulator {
  private count = 0;
  private total = 0n;

  add(value: Value, weight: number): void {
    this.count += weight;
    this.total += (value as bigint) * BigInt(weight);
  }

  result(): Value {
    if (this.count === 0) return null;
    const count = BigInt(this.count);
    return this.total / count + (this.total % count > count / 2n ? 1n : 0n);
  }
}

class FloatAverage implements Accumulator {
  private count = 0;
  private readonly sum = new ExactFloatSum();

  add(value: Value, weight: number): void {
    this.count += weight;
    this.sum.add(value as number, weight);
  }

  result(): Value {
    return this.count === 0 ? null : this.sum.total() / this.count;
  }
}
