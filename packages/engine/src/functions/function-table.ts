import type { PlanType } from "../plan/types.ts";
import { jsonFunctions } from "./json/json-functions.ts";
import { listFunctions } from "./lists/list-functions.ts";
import { listSetFunctions } from "./lists/list-sets.ts";
import { mapFunctions } from "./lists/map-functions.ts";
import { structFunctions } from "./lists/struct-functions.ts";
import { numberFunctions } from "./numbers/number-functions.ts";
import { stringFunctions } from "./strings/string-functions.ts";
import { temporalFunctions } from "./temporal/temporal-functions.ts";
import type { Overload, ScalarFunction } from "./types.ts";

/** Every scalar function that is proven to equal DuckDB's; what is not here is refused, and its view recomputed. */
export const functionTable: readonly ScalarFunction[] = [
  ...stringFunctions,
  ...numberFunctions,
  ...temporalFunctions,
  ...listFunctions,
  ...listSetFunctions,
  ...structFunctions,
  ...mapFunctions,
  ...jsonFunctions,
];

const byName = new Map<string, Overload[]>();
for (const { names, overloads } of functionTable) for (const name of names) byName.set(name, [...(byName.get(name) ?? []), ...overloads]);

/** The proven overload for a call of the plan, or undefined when there is none. */
export function findFunction(name: string, args: readonly PlanType[], result: PlanType): Overload | undefined {
  return byName.get(name.toLowerCase())?.find((overload) => overload.accepts(args, result));
}
