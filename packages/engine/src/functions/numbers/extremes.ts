import type { PlanType } from "../../plan/types.ts";
import type { Value } from "../../types.ts";
import type { Overload, ScalarFunction } from "../types.ts";
import { matching, scalar } from "../overload.ts";
import { compareText } from "../strings/characters.ts";
import { sameType } from "../same-type.ts";

// Not FLOAT: of it DuckDB makes 0 from -0 here.
const numbers = new Set(["TINYINT", "SMALLINT", "INTEGER", "UTINYINT", "USMALLINT", "UINTEGER", "DOUBLE", "DATE"]);
const bigints = new Set(["BIGINT", "UBIGINT", "HUGEINT", "DECIMAL", "TIMESTAMP", "TIMESTAMP_TZ"]);

/** greatest() and least(): NULLs are left out, NaN is greatest. */
export const extremeFunctions: readonly ScalarFunction[] = [
  scalar("greatest", extreme("greatest", 1)),
  scalar("least", extreme("least", -1)),
];

function extreme(name: string, sign: 1 | -1): Overload {
  return matching(
    `${name}(T...) of numbers, DATE, TIMESTAMP or VARCHAR`,
    (args, result) => comparison(result) !== undefined && args.length > 0 && args.every((type) => sameType(type, result)),
    (call) => {
      const compare = comparison(call.result)!;
      return (...values: Value[]) => {
        let best: Value = null;
        for (const value of values)
          if (value !== null && (best === null || compare(value as never, best as never) * sign > 0)) best = value;
        return best;
      };
    },
    "called",
  );
}

function comparison({ id }: PlanType): ((a: never, b: never) => number) | undefined {
  if (id === "VARCHAR") return compareText;
  if (numbers.has(id)) return compareNumbers;
  return bigints.has(id) ? (a: bigint, b: bigint) => (a < b ? -1 : a > b ? 1 : 0) : undefined;
}

function compareNumbers(a: number, b: number): number {
  if (a < b) return -1;
  if (a > b) return 1;
  return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
}
