import { EvaluationError } from "../../expression/evaluation-error.ts";
import { characterCount, sliceCharacters } from "./characters.ts";

/** The text in exactly `count` characters: cut at its end, or filled up with `pad` from the left. */
export const padLeft = (text: string, count: number, pad: string): string => cut(text, count) ?? fill(text, count, pad, "LPAD") + text;
/** The same with `pad` to the right. */
export const padRight = (text: string, count: number, pad: string): string => cut(text, count) ?? text + fill(text, count, pad, "RPAD");

function cut(text: string, count: number): string | undefined {
  if (count <= 0) return "";
  return characterCount(text) >= count ? sliceCharacters(text, 0, count) : undefined;
}

function fill(text: string, count: number, pad: string, name: string): string {
  if (pad === "") throw new EvaluationError(`Insufficient padding in ${name}.`);
  const missing = count - characterCount(text);
  const size = characterCount(pad);
  return repeat(pad, Math.floor(missing / size)) + sliceCharacters(pad, 0, missing % size);
}

/** JavaScript's longest text is shorter than DuckDB's. */
const longest = 2 ** 28;

/** The text so many times, none when `count` is not positive. */
export function repeat(text: string, count: number): string {
  if (count <= 0) return "";
  if (text.length * count > longest) throw new EvaluationError("Text of more than 256 Mi characters");
  return text.repeat(count);
}
