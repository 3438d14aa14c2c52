import { compareOf } from "../../expression/order.ts";
import type { PlanType } from "../../plan/types.ts";
import type { Value } from "../../types.ts";
import { matching, scalar } from "../overload.ts";
import { sameType } from "../same-type.ts";
import type { ScalarFunction } from "../types.ts";
import { elementEquality } from "./element-equality.ts";

type List = readonly Value[];

/** Lists as sets, and in order. */
export const listSetFunctions: readonly ScalarFunction[] = [
  scalar(
    ["list_has_any", "array_has_any", "&&"],
    overTwo("list_has_any(T[], T[])", (isIn, a, b) => b.some((item) => isIn(a, item))),
  ),
  scalar(
    ["list_has_all", "array_has_all", "@>"],
    overTwo("list_has_all(T[], T[])", (isIn, a, b) => b.every((item) => item === null || isIn(a, item))),
  ),
  scalar(
    ["list_sort", "array_sort"],
    matching(
      "list_sort(T[])",
      // Of 0 and -0, which are equal, either may come first.
      (args, result) => args.length === 1 && isComparable(args[0]) && !/FLOAT|DOUBLE/.test(args[0]!.child!.id) && sameType(args[0], result),
      (call) => {
        const compare = compareOf(call.types[0]!.child!) as (a: Value, b: Value) => number;
        return (list: List) => [...list].sort((a, b) => (a === null ? (b === null ? 0 : 1) : b === null ? -1 : compare(a, b)));
      },
    ),
  ),
];

const isComparable = (type: PlanType | undefined): boolean => type?.id === "LIST" && elementEquality(type.child) !== undefined;

/** NULLs are in no list. */
function overTwo(signature: string, evaluate: (isIn: (list: List, item: Value) => boolean, a: List, b: List) => boolean) {
  return matching(
    signature,
    (args) => args.length === 2 && isComparable(args[0]) && sameType(args[0], args[1]),
    (call) => {
      const equal = elementEquality(call.types[0]!.child)!;
      const isIn = (list: List, item: Value): boolean => item !== null && list.some((other) => other !== null && equal(other, item));
      return (a: List, b: List) => evaluate(isIn, a, b);
    },
  );
}
