import { ValueError, rawNumber } from "./value-error.ts";

const maxDepth = 256;

/** Writes parsed JSON as VARIANT text: no white space and keys in order, so that equal values have equal text. */
export function variantText(value: unknown, depth = 0): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (depth >= maxDepth) throw new ValueError(`JSON is nested more than ${maxDepth} levels deep`);
  if (Array.isArray(value)) return `[${value.map((element) => variantText(element, depth + 1)).join(",")}]`;
  const number = rawNumber(value);
  if (number !== undefined) return number;
  const members = value as Readonly<Record<string, unknown>>;
  const texts = Object.keys(members)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${variantText(members[key], depth + 1)}`);
  return `{${texts.join(",")}}`;
}
