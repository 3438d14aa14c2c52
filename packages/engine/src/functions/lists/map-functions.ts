import { EvaluationError } from "../../expression/evaluation-error.ts";
import type { PlanType } from "../../plan/types.ts";
import type { Value } from "../../types.ts";
import type { ScalarFunction } from "../types.ts";
import { matching, scalar } from "../overload.ts";
import { sameType } from "../same-type.ts";
import { elementEquality } from "./element-equality.ts";

type Pairs = readonly (readonly [key: Value, value: Value])[];
const isMap = (args: readonly PlanType[]): boolean => args.length === 1 && args[0]!.id === "MAP";
const isLookup = (args: readonly PlanType[]): boolean =>
  args.length === 2 && args[0]!.id === "MAP" && sameType(args[0]!.key, args[1]) && elementEquality(args[1]) !== undefined;

/** Functions of maps. */
export const mapFunctions: readonly ScalarFunction[] = [
  scalar(
    "map",
    matching(
      "map(K[], V[])",
      ([keys, values, ...others], { id, key, value }) =>
        others.length === 0 && id === "MAP" && keys?.id === "LIST" && values?.id === "LIST" && sameType(keys.child, key) && sameType(values.child, value) && elementEquality(key) !== undefined,
      (call) => {
        const equal = elementEquality(call.result.key)!;
        return (keys: readonly Value[], values: readonly Value[]) => makeMap(keys, values, equal);
      },
    ),
  ), // prettier-ignore
  scalar(
    "map_extract_value",
    matching("map_extract_value(MAP(K, V), K)", isLookup, (call) => {
      const equal = elementEquality(call.types[1])!;
      return (pairs: Pairs, key: Value) => pairs.find((pair) => equal(pair[0], key))?.[1] ?? null;
    }),
  ),
  scalar(
    "cardinality",
    matching("cardinality(MAP(K, V))", isMap, () => (pairs: Pairs) => BigInt(pairs.length)),
  ),
  scalar(
    "map_keys",
    matching("map_keys(MAP(K, V))", isMap, () => (pairs: Pairs) => pairs.map((pair) => pair[0])),
  ),
  scalar(
    "map_values",
    matching("map_values(MAP(K, V))", isMap, () => (pairs: Pairs) => pairs.map((pair) => pair[1])),
  ),
];

function makeMap(keys: readonly Value[], values: readonly Value[], equal: (a: Value, b: Value) => boolean): Value {
  if (keys.length !== values.length) throw new EvaluationError("The map key list does not align with the map value list.");
  for (const [i, key] of keys.entries()) {
    if (key === null) throw new EvaluationError("Map keys can not be NULL.");
    if (keys.findIndex((other) => other !== null && equal(other, key)) < i) throw new EvaluationError("Map keys must be unique.");
  }
  return keys.map((key, i): Value => [key, values[i]!]);
}
