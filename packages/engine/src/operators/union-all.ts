import type { Operator } from "../dataflow/operator.ts";
import type { Delta } from "../types.ts";

/** The rows of all inputs together. */
export function createUnionAll(): Operator {
  return {
    step(inputs) {
      const changed = inputs.filter((input) => input.length > 0);
      return changed.length === 1 ? changed[0]! : changed.flat<Delta[]>();
    },
    retained: 0,
  };
}
