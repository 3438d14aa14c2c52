/**
 * Parses the JSON that DuckDB writes for a plan: integers that a double cannot hold become bigint, and the bare words NaN, Infinity and
 * -Infinity, which DuckDB writes for such constants, become numbers.
 */
export function parseLossless(text: string): unknown {
  return JSON.parse(text.includes("NaN") || text.includes("Infinity") ? quoteBareWords(text) : text, revive as Reviver);
}

/** DuckDB names no field of an object so. */
const bare = "bare word";

function quoteBareWords(text: string): string {
  return text.replace(/"(?:[^"\\]|\\.)*"|-?Infinity|-?NaN/g, (word) =>
    word.startsWith('"') ? word : `{"${bare}":"${word.endsWith("NaN") ? "NaN" : word}"}`,
  );
}

type Reviver = (this: unknown, key: string, value: unknown) => unknown;

function revive(_key: string, value: unknown, context: { readonly source?: string }): unknown {
  if (typeof value === "object" && value !== null && bare in value) return Number(value[bare]);
  if (typeof value !== "number" || Number.isSafeInteger(value)) return value;
  return context.source !== undefined && /^-?\d+$/.test(context.source) ? BigInt(context.source) : value;
}
