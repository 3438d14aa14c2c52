import { createFunctionBuilder } from "../expression/generate.ts";
import type { Row, Value } from "../types.ts";
import type { Accumulator } from "./accumulator.ts";

/** Hands a row's values to the accumulators of its group; NULLs do not count. */
export type Feed = (accumulators: readonly Accumulator[], row: Row, weight: number) => void;

/** Made for these inputs: in a function of its own, each accumulator's `add` is a call to one known function. */
export function createFeed(inputs: readonly ((row: Row) => Value)[]): Feed {
  const builder = createFunctionBuilder();
  inputs.forEach((input, i) => {
    const value = builder.local();
    builder.add(`const ${value} = ${builder.bind(input)}(r);`);
    builder.add(`if (${value} !== null) a[${i}].add(${value}, w);`);
  });
  return builder.build(["a", "r", "w"]) as Feed;
}
