import { EvaluationError } from "../../expression/evaluation-error.ts";

/** The first character's code point, or `empty` when there is none. */
export const createCodePoint =
  (empty: number) =>
  (text: string): number =>
    text.codePointAt(0) ?? empty;

/** The character of a code point. */
export function character(codePoint: number): string {
  if (codePoint < 0 || codePoint > 0x10ffff || (codePoint >= 0xd800 && codePoint <= 0xdfff))
    throw new EvaluationError(`Invalid UTF8 Codepoint ${codePoint}`);
  return String.fromCodePoint(codePoint);
}
