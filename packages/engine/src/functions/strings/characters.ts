/** Text is UTF-16 here and UTF-8 in DuckDB, which counts characters: code points. */

const surrogate = /[\ud800-\udfff]/;

/** Whether every character is one UTF-16 unit, so that units can be counted for characters. */
export const isPlain = (text: string): boolean => !surrogate.test(text);

/** Number of characters. */
export function characterCount(text: string): number {
  if (isPlain(text)) return text.length;
  let count = 0;
  for (let at = 0; at < text.length; at = nextCharacter(text, at)) count++;
  return count;
}

/** Where the character after the one at `at` begins. */
export function nextCharacter(text: string, at: number): number {
  const unit = text.charCodeAt(at);
  if (unit < 0xd800 || unit > 0xdbff || at + 1 >= text.length) return at + 1;
  const low = text.charCodeAt(at + 1);
  return low >= 0xdc00 && low <= 0xdfff ? at + 2 : at + 1;
}

/** The characters from number `start` (counted from 0) up to `end`, not included. */
export function sliceCharacters(text: string, start: number, end: number): string {
  if (isPlain(text)) return text.slice(start, end);
  return [...text].slice(start, end).join("");
}

/** Order of two texts by their UTF-8 bytes, which is the order of their code points. */
export function compareText(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const left = a.charCodeAt(i);
    const right = b.charCodeAt(i);
    if (left === right) continue;
    // Surrogates stand for characters above all others, though 0xe000 to 0xffff are greater units.
    return lift(left) - lift(right);
  }
  return a.length - b.length;
}
const lift = (unit: number): number => (unit >= 0xe000 ? unit - 0x2000 : unit >= 0xd800 ? unit + 0x2000 : unit);
