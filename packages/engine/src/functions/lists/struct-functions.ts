import { Unsupported } from "../../plan/unsupported.ts";
import type { PlanType } from "../../plan/types.ts";
import type { Value } from "../../types.ts";
import type { BoundCall, Overload, ScalarFunction } from "../types.ts";
import { constantArgument, matching, scalar } from "../overload.ts";
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
    ["struct_extract", "array_extract", "struct_extract_at"],
    extract("struct_extract(STRUCT, VARCHAR)", "VARCHAR"),
    extract("struct_extract(STRUCT, BIGINT)", "BIGINT"),
  ),
];

function extract(signature: string, key: PlanType["id"]): Overload {
  return matching(
    signature,
    (args) => args.length === 2 && args[0]!.id === "STRUCT" && args[1]!.id === key,
    (call) => {
      const index = fieldIndex(call);
      return (struct: readonly Value[]) => struct[index]!;
    },
  );
}

function fieldIndex(call: BoundCall): number {
  const key = constantArgument(call, 1);
  const fields = call.types[0]!.fields ?? [];
  const index =
    typeof key === "bigint" ? Number(key) - 1 : fields.findIndex((field) => field.name.toLowerCase() === String(key).toLowerCase());
  const field = fields[index];
  if (field === undefined || !sameType(field.type, call.result)) throw new Unsupported(`struct_extract of ${String(key)}`);
  return index;
}
