import type { Value } from "@headgate/engine";

/** Order of map keys: numbers by value, everything else by its text. */
export function compareMapKeys(left: Value, right: Value): number {
  if ((typeof left === "number" || typeof left === "bigint") && (typeof right === "number" || typeof right === "bigint")) {
    return left < right ? -1 : left > right ? 1 : 0;
  }
  const [a, b] = [String(left), String(right)];
  return a < b ? -1 : a > b ? 1 : 0;
}
