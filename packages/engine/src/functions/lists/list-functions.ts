import type { PlanType } from "../../plan/types.ts";
import type { Value } from "../../types.ts";
import type { Overload, ScalarFunction } from "../types.ts";
import { matching, pure, scalar } from "../overload.ts";
import { sameType } from "../same-type.ts";
import { characterCount, sliceCharacters } from "../strings/characters.ts";
import { substring } from "../strings/substring.ts";
import { elementEquality } from "./element-equality.ts";
import { elementAt, sliceList, sliceRange } from "./list-access.ts";

type List = readonly Value[];
const isList = (type: PlanType | undefined): boolean => type?.id === "LIST";
const isBigint = (type: PlanType | undefined): boolean => type?.id === "BIGINT";

/** Functions of lists. */
export const listFunctions: readonly ScalarFunction[] = [
  scalar(
    ["list_value", "list_pack"],
    matching(
      "list_value(T...)",
      (args, result) => isList(result) && args.every((type) => sameType(type, result.child)),
      () =>
        (...values: Value[]) =>
          values,
      "called",
    ),
  ),
  scalar(
    ["length", "len", "array_length"],
    overList("len(T[])", 1, (list) => BigInt(list.length)),
  ),
  scalar(
    ["array_extract", "list_extract", "list_element"],
    matching(
      "list_extract(T[], BIGINT)",
      (args, result) => args.length === 2 && isList(args[0]) && isBigint(args[1]) && sameType(args[0]!.child, result),
      () => elementAt,
    ),
    pure("array_extract(VARCHAR, BIGINT)", (text: string, index: bigint) => substring(text, index, 1n)),
  ),
  scalar(
    ["array_slice", "list_slice"],
    matching(
      "list_slice(T[], BIGINT, BIGINT)",
      (args, result) => args.length === 3 && isList(args[0]) && isBigint(args[1]) && isBigint(args[2]) && sameType(args[0], result),
      () => sliceList,
    ),
    pure("array_slice(VARCHAR, BIGINT, BIGINT)", sliceText),
  ),
  scalar(
    ["list_contains", "array_contains", "list_has", "array_has", "contains"],
    search("list_contains(T[], T)", (find) => (list: List, value: Value) => find(list, value) > 0, "null"),
  ),
  scalar(
    ["list_position", "list_indexof", "array_position", "array_indexof"],
    search(
      "list_position(T[], T)",
      // It finds a NULL too.
      (find) => (list: List | null, value: Value) => (list === null ? null : find(list, value) || null),
      "called",
    ),
  ),
  scalar(
    ["list_concat", "list_cat", "array_concat", "array_cat"],
    matching(
      "list_concat(T[]...)",
      (args, result) => isList(result) && args.length > 0 && args.every((type) => sameType(type, result)),
      () => concatLists,
      "called",
    ),
  ),
  scalar(
    "||",
    matching(
      "||(T[], T[])",
      (args, result) => isList(result) && args.length === 2 && args.every((type) => sameType(type, result)),
      () => (a: List, b: List) => [...a, ...b],
    ),
  ),
  scalar(
    ["list_reverse", "array_reverse"],
    overList("list_reverse(T[])", 1, (list) => [...list].reverse()),
  ),
];

function overList(signature: string, count: number, evaluate: (list: List) => Value): Overload {
  return matching(
    signature,
    (args) => args.length === count && isList(args[0]),
    () => evaluate,
  );
}

/** NULL when every list is, else the elements of those that are not. */
function concatLists(...lists: (List | null)[]): List {
  return lists.flatMap((list) => list ?? []);
}

function sliceText(text: string, begin: bigint, end: bigint): string {
  const [from, to] = sliceRange(characterCount(text), begin, end);
  return sliceCharacters(text, from, to);
}

type Find = (list: List, value: Value) => number;

/** `make` gets a function that gives the first place of a value, counted from 1, or 0. */
function search(signature: string, make: (find: Find) => (...args: [never, never]) => Value, onNull: Overload["onNull"]): Overload {
  return matching(
    signature,
    (args) => args.length === 2 && isList(args[0]) && sameType(args[0]!.child, args[1]) && elementEquality(args[1]) !== undefined,
    (call) => {
      const equal = elementEquality(call.types[1])!;
      return make((list, value) => list.findIndex((item) => (item === null || value === null ? item === value : equal(item, value))) + 1);
    },
    onNull,
  );
}
