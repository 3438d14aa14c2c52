import type { Operator } from "../dataflow/operator.ts";
import type { Delta } from "../types.ts";

/** An operator of one input that keeps nothing: each entry of the delta is handled by itself. */
export function createStateless(transform: (delta: Delta) => Delta): Operator {
  return { step: ([delta]) => transform(delta!), retained: 0 };
}
