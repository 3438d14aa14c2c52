import { nextCharacter } from "./characters.ts";

/** Which ends are cut. */
export type TrimSide = "left" | "right" | "both";

/** The characters of Unicode's category Zs, which is what DuckDB trims by itself: neither tabs nor line ends. */
const spaces = new Set("\u0020\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000");

/** Prepares the cutting of spaces, or of any of the characters given. */
export function createTrim(side: TrimSide, characters?: string): (text: string) => string {
  const cut = characters === undefined ? spaces : new Set(characters);
  return (text) => {
    let start = 0;
    let end = text.length;
    if (side !== "right")
      while (start < end) {
        const next = nextCharacter(text, start);
        if (!cut.has(text.slice(start, next))) break;
        start = next;
      }
    if (side !== "left")
      while (end > start) {
        const before = end - 2 >= start && nextCharacter(text, end - 2) === end ? end - 2 : end - 1;
        if (!cut.has(text.slice(before, end))) break;
        end = before;
      }
    return text.slice(start, end);
  };
}
