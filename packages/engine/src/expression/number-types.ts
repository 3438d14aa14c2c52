import type { PlanType, PlanTypeId } from "../plan/types.ts";

/** An integer type: its JavaScript form, its bounds, and DuckDB's name for it in messages. */
export interface IntegerType {
  readonly big: boolean;
  readonly min: bigint;
  readonly max: bigint;
  readonly physical: string;
}

const signed = (bits: bigint): IntegerType => ({
  big: bits > 32n,
  min: -(2n ** (bits - 1n)),
  max: 2n ** (bits - 1n) - 1n,
  physical: `INT${bits}`,
});
const unsigned = (bits: bigint): IntegerType => ({ big: bits > 32n, min: 0n, max: 2n ** bits - 1n, physical: `UINT${bits}` });

const integers: Readonly<Partial<Record<PlanTypeId, IntegerType>>> = {
  TINYINT: signed(8n),
  SMALLINT: signed(16n),
  INTEGER: signed(32n),
  BIGINT: signed(64n),
  HUGEINT: signed(128n),
  UTINYINT: unsigned(8n),
  USMALLINT: unsigned(16n),
  UINTEGER: unsigned(32n),
  UBIGINT: unsigned(64n),
  UHUGEINT: unsigned(128n),
};

/** Undefined for a type that is no integer. */
export const integerType = (type: PlanType): IntegerType | undefined => integers[type.id];

/** The greatest unscaled value of a DECIMAL of this many digits. */
export const decimalMax = (width: number): bigint => 10n ** BigInt(width) - 1n;

/** An unscaled decimal as DuckDB writes it. */
export function formatDecimal(value: bigint, scale: number): string {
  if (scale === 0) return String(value);
  const digits = String(value < 0n ? -value : value).padStart(scale + 1, "0");
  return `${value < 0n ? "-" : ""}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}
