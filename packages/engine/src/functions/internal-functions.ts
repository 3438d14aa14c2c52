import { EvaluationError } from "../expression/evaluation-error.ts";
import type { Value } from "../types.ts";
import type { ScalarFunction } from "./types.ts";
import { matching, pure, scalar } from "./overload.ts";
import { sameType } from "./same-type.ts";

/** Functions that DuckDB's binder and optimiser put into plans. */
export const internalFunctions: readonly ScalarFunction[] = [
  scalar(
    "constant_or_null",
    matching(
      "constant_or_null(T, ANY...)",
      (args, result) => args.length > 1 && sameType(args[0], result),
      () => (value: Value) => value,
    ),
  ),
  scalar(
    "error",
    pure("error(VARCHAR)", (message: string) => {
      throw new EvaluationError(message);
    }),
  ),
];
