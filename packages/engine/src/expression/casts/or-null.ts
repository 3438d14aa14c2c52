import type { Value } from "../../types.ts";
import { EvaluationError } from "../evaluation-error.ts";

/** The conversion for TRY_CAST: NULL for a value that does not fit. */
export function orNull(convert: (value: never) => Value): (value: never) => Value {
  return (value) => {
    try {
      return convert(value);
    } catch (error) {
      if (error instanceof EvaluationError) return null;
      throw error;
    }
  };
}
