import type { PlanTypeId } from "../../plan/types.ts";

/** An integer type of DuckDB. */
export interface IntegerType {
  readonly id: PlanTypeId;
  readonly bits: number;
  readonly signed: boolean;
  /** Whether its values are bigint rather than number. */
  readonly wide: boolean;
  readonly low: bigint;
  readonly high: bigint;
}

const integer = (id: PlanTypeId, bits: number, signed: boolean): IntegerType => ({
  id,
  bits,
  signed,
  wide: bits >= 64,
  low: signed ? -(2n ** BigInt(bits - 1)) : 0n,
  high: 2n ** BigInt(signed ? bits - 1 : bits) - 1n,
});

/** DuckDB's integer types but UHUGEINT. */
export const integerTypes: readonly IntegerType[] = [
  integer("TINYINT", 8, true),
  integer("SMALLINT", 16, true),
  integer("INTEGER", 32, true),
  integer("BIGINT", 64, true),
  integer("HUGEINT", 128, true),
  integer("UTINYINT", 8, false),
  integer("USMALLINT", 16, false),
  integer("UINTEGER", 32, false),
  integer("UBIGINT", 64, false),
];
