import type { Overload } from "../functions/types.ts";
import type { PlanType } from "../plan/types.ts";
import type { Interval, Value } from "../types.ts";
import { EvaluationError } from "./evaluation-error.ts";
import { normalizeInterval } from "./order.ts";

/** Functions that DuckDB's binder and optimiser put into a plan themselves. */
export function findIntrinsic(name: string, args: readonly PlanType[], _result: PlanType): Overload | undefined {
  const [first] = args;
  switch (name) {
    case "error":
      return args.length === 1 ? overload("error(VARCHAR)", "null", fail) : undefined;
    case "normalized_interval":
      return first?.id === "INTERVAL"
        ? overload("normalized_interval(INTERVAL)", "null", normalizeInterval as (value: Interval) => Value)
        : undefined;
    case "constant_or_null":
      // The first argument, unless another is NULL.
      return overload("constant_or_null(ANY, ANY...)", "null", (value: Value) => value);
    default:
      return undefined;
  }
}

function overload(signature: string, onNull: Overload["onNull"], evaluate: (...args: never[]) => Value): Overload {
  return { signature, onNull, accepts: () => true, bind: () => evaluate };
}

/** What stands after the first line is advice that a user of ours cannot take. */
function fail(message: string): never {
  throw new EvaluationError(message.split("\n")[0]!);
}
