import type { PlanType } from "../../plan/types.ts";
import type { Value } from "../../types.ts";
import { numberCast } from "./number-casts.ts";
import { parseCast } from "./parse-casts.ts";
import { temporalCast } from "./temporal-casts.ts";
import { textCast } from "./text-casts.ts";

/** A conversion of values that are not NULL. */
export interface Cast {
  /** @throws EvaluationError for a value that does not fit */
  readonly convert: (value: never) => Value;
  /** Source over the value's source, for conversions that cannot fail. */
  readonly inline?: (value: string) => string;
}

/** The conversion between two types, or undefined when it is not proven to equal DuckDB's. */
export function findCast(from: PlanType, to: PlanType): Cast | undefined {
  return numberCast(from, to) ?? textCast(from, to) ?? parseCast(from, to) ?? temporalCast(from, to);
}
