import { expected, integer, type Check } from "@headgate/connector-kit";

/** A whole number; librdkafka's options are strings, so `"500"` is one too. */
export function numeric(min: number, max: number): Check<number> {
  const check = integer({ min, max });
  return (value, path) => check(typeof value === "string" && /^-?\d{1,15}$/.test(value.trim()) ? Number(value) : value, path);
}

/** true, "true", "1" and the like. */
export const flag: Check<boolean> = (value, path) => {
  if (typeof value === "boolean") return value;
  const word = String(value).toLowerCase();
  if (["true", "t", "1"].includes(word)) return true;
  if (["false", "f", "0"].includes(word)) return false;
  throw expected(path, "true or false", value);
};

/** One of a few words, in capitals or not. */
export function word<const W extends readonly string[]>(words: W): Check<W[number]> {
  return (value, path) => {
    const found = words.find((candidate) => typeof value === "string" && candidate.toLowerCase() === value.toLowerCase());
    if (found !== undefined) return found;
    throw expected(path, `one of ${words.map((candidate) => `"${candidate}"`).join(", ")}`, value);
  };
}
