import type { RowCompiler } from "../expression/row-compiler.ts";
import type { AggregateCall, PlanTypeId } from "../plan/types.ts";
import type { Value } from "../types.ts";
import type { Accumulator, AggregateFunction, BoundAggregate } from "./accumulator.ts";
import { onlyArgument, unproven } from "./argument.ts";

/** bit_and(x) of two's complement integers; NULL over nothing. */
export const bitAnd: AggregateFunction = {
  names: ["bit_and"],
  signature: "bit_and(integers)",
  bind: (call, rows) => bindBits(call, rows, (ones, count) => ones === count),
};

/** bit_or(x) of two's complement integers; NULL over nothing. */
export const bitOr: AggregateFunction = {
  names: ["bit_or"],
  signature: "bit_or(integers)",
  bind: (call, rows) => bindBits(call, rows, (ones) => ones > 0),
};

/** bit_xor(x) of two's complement integers; NULL over nothing. */
export const bitXor: AggregateFunction = {
  names: ["bit_xor"],
  signature: "bit_xor(integers)",
  bind: (call, rows) => bindBits(call, rows, (ones) => ones % 2 === 1),
};

const widths: Partial<Record<PlanTypeId, { readonly bits: number; readonly signed: boolean }>> = {
  TINYINT: { bits: 8, signed: true },
  SMALLINT: { bits: 16, signed: true },
  INTEGER: { bits: 32, signed: true },
  BIGINT: { bits: 64, signed: true },
  HUGEINT: { bits: 128, signed: true },
  UTINYINT: { bits: 8, signed: false },
  USMALLINT: { bits: 16, signed: false },
  UINTEGER: { bits: 32, signed: false },
  UBIGINT: { bits: 64, signed: false },
  UHUGEINT: { bits: 128, signed: false },
};

type IsSet = (ones: number, count: number) => boolean;

function bindBits(call: AggregateCall, rows: RowCompiler, isSet: IsSet): BoundAggregate {
  const argument = onlyArgument(call);
  const width = widths[argument.type.id];
  if (width === undefined || call.type.id !== argument.type.id) throw unproven(call);
  const { bits, signed } = width;
  const toValue = (pattern: bigint): Value => {
    const integer = signed ? BigInt.asIntN(bits, pattern) : pattern;
    return bits <= 32 ? Number(integer) : integer;
  };
  return { input: rows.value(argument), create: () => new BitCounts(bits, isSet, toValue) };
}

/** Counts the ones in every place, so that a value can be taken back. */
class BitCounts implements Accumulator {
  private count = 0;
  private readonly ones: number[];
  private readonly isSet: IsSet;
  private readonly toValue: (pattern: bigint) => Value;

  constructor(bits: number, isSet: IsSet, toValue: (pattern: bigint) => Value) {
    this.ones = new Array<number>(bits).fill(0);
    this.isSet = isSet;
    this.toValue = toValue;
  }

  add(value: Value, weight: number): void {
    this.count += weight;
    let rest = BigInt.asUintN(this.ones.length, BigInt(value as number | bigint));
    for (let i = 0; rest > 0n; i++, rest >>= 1n) {
      if ((rest & 1n) === 1n) this.ones[i] = (this.ones[i] as number) + weight;
    }
  }

  result(): Value {
    if (this.count === 0) return null;
    let pattern = 0n;
    this.ones.forEach((ones, i) => {
      if (this.isSet(ones, this.count)) pattern |= 1n << BigInt(i);
    });
    return this.toValue(pattern);
  }
}
