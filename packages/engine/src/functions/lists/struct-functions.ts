import { Unsupported } from "../../plan/unsupported.ts";
import type { Value } from "../../types.ts";
import type { BoundCall, ScalarFunction } from "../types.ts";
import { constantText, matching, scalar } from "../overload.ts";
import { sameType } from "../same-type.ts";

/** Functions of structs: rows with names. */
export const structFunctions: readonly ScalarFunction[] = [
  scalar(
    ["struct_pack", "row"],
    matching(
      "struct_pack(name := value...)",
      (args, result) =>
        result.id === "STRUCT" && args.length === result.fields?.length && args.every((type, i) => sameType(type, result.fields![i]!.type)),
      () =>
        (...values: Value[]) =>
          values,
      "called",
    ),
  ),
  scalar(
    ["struct_extract", "array_extract"],
    matching(
      "struct_extract(STRUCT, VARCHAR)",
      (args) => args.length === 2 && args[0]!.id === "STRUCT" && args[1]!.id === "VARCHAR",
      (call) => {
        const index = fieldIndex(call);
        return (struct: readonly Value[]) => struct[index]!;
      },
    ),
  ),
];

function fieldIndex(call: BoundCall): number {
  const key = constantText(call, 1);
  const fields = call.types[0]!.fields ?? [];
  const index = fields.findIndex((field) => field.name.toLowerCase() === key.toLowerCase());
  const field = fields[index];
  if (field === undefined || !sameType(field.type, call.result)) throw new Unsupported(`struct_extract of ${key}`);
  return index;
}
