import { lowerRuns, upperRuns } from "./case-runs.ts";

/** DuckDB's lower(). */
export const lower = createMapping(lowerRuns, (text) => text.toLowerCase());
/** DuckDB's upper(). */
export const upper = createMapping(upperRuns, (text) => text.toUpperCase());

const beyondAscii = /[^\x00-\x7f]/;

function createMapping(runs: readonly number[], ascii: (text: string) => string): (text: string) => string {
  let mapped: Map<string, string> | undefined;
  return (text) => {
    if (!beyondAscii.test(text)) return ascii(text);
    mapped ??= readRuns(runs);
    let result = "";
    for (const character of text) result += character < "\x80" ? ascii(character) : (mapped.get(character) ?? character);
    return result;
  };
}

function readRuns(runs: readonly number[]): Map<string, string> {
  const mapped = new Map<string, string>();
  for (let i = 0; i < runs.length; i += 4)
    for (let from = runs[i]!; from <= runs[i + 1]!; from += runs[i + 2]!)
      mapped.set(String.fromCodePoint(from), String.fromCodePoint(from + runs[i + 3]!));
  return mapped;
}
