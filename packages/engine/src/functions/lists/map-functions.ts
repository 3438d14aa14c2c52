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
