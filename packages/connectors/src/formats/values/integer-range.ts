import type { SqlTypeName } from "@headgate/engine";

/** Integer types held as a JavaScript number: lowest and highest value. */
export const numberRanges = {
  TINYINT: [-128, 127],
  SMALLINT: [-32768, 32767],
  INTEGER: [-2147483648, 2147483647],
  UTINYINT: [0, 255],
  USMALLINT: [0, 65535],
  UINTEGER: [0, 4294967295],
} as const satisfies Partial<Record<SqlTypeName, readonly [number, number]>>;

/** Integer types held as a bigint: lowest and highest value. */
export const bigintRanges = {
  BIGINT: [-(2n ** 63n), 2n ** 63n - 1n],
  UBIGINT: [0n, 2n ** 64n - 1n],
} as const satisfies Partial<Record<SqlTypeName, readonly [bigint, bigint]>>;
