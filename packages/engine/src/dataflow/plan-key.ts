import type { Value } from "../types.ts";

/**
 * One text for what an operator does besides reading its inputs: equal texts exactly for equal parameters. Every value of a plan is
 * told apart, also those that JSON would make one.
 */
export function planKey(parameters: unknown): string {
  return JSON.stringify(parameters, replacer);
}

function replacer(_name: string, value: unknown): unknown {
  if (typeof value === "bigint") return { $bigint: value.toString() };
  if (typeof value === "number" && (!Number.isFinite(value) || Object.is(value, -0)))
    return { $number: Object.is(value, -0) ? "-0" : String(value) };
  if (value instanceof Uint8Array) return { $bytes: [...value] } satisfies { $bytes: Value };
  return value;
}
