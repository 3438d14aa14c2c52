import { characterCount } from "./characters.ts";

/** Where `part` begins, counted in characters from 1; 0 when it is not there. */
export function position(text: string, part: string): bigint {
  const found = text.indexOf(part);
  return found < 0 ? 0n : BigInt(characterCount(text.slice(0, found)) + 1);
}

/** Text between separators; with an empty separator each character. Empty text is one empty part, as is text without separator. */
export function split(text: string | null, separator: string | null): readonly string[] | null {
  if (text === null) return null;
  if (text === "" || separator === null) return [text];
  return separator === "" ? [...text] : text.split(separator);
}

/** Every `part` replaced; an empty one is nowhere. */
export const replace = (text: string, part: string, by: string): string => (part === "" ? text : text.split(part).join(by));

/** Each character of `from` replaced by that at the same place in `to`, or taken away when `to` is shorter. */
export function translate(text: string, from: string, to: string): string {
  const targets = [...to];
  const mapped = new Map<string, string>();
  for (const [i, character] of [...from].entries()) if (!mapped.has(character)) mapped.set(character, targets[i] ?? "");
  let result = "";
  for (const character of text) result += mapped.get(character) ?? character;
  return result;
}
