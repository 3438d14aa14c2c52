import { EvaluationError } from "../../expression/evaluation-error.ts";
import { characterCount, isPlain, sliceCharacters } from "./characters.ts";

const upper = 4294967295n;
const lower = -4294967296n;

/** DuckDB's substring by characters: a negative offset counts from the end, a negative length goes backwards. */
export function substring(text: string, offset: bigint, length: bigint = upper): string {
  if (offset < lower || offset > upper) throw new EvaluationError("Substring offset outside of supported range");
  if (length < lower || length > upper) throw new EvaluationError("Substring length outside of supported range");
  let count = Number(length);
  if (count === 0) return "";
  const first = Number(offset);
  if (first > 0 && count > 0 && isPlain(text)) return text.slice(first - 1, first - 1 + count);
  const size = characterCount(text);
  let start = 0;
  if (first > 0) start = first - 1;
  else if (first < 0) start = size + first;
  else if (--count <= 0) return "";
  const [from, to] = count > 0 ? [start, start + count] : [start + count, start];
  return sliceCharacters(text, Math.max(0, from), Math.max(0, Math.min(size, to)));
}

/** The first characters; a negative count leaves out that many at the end. */
export function left(text: string, count: bigint): string {
  return count >= 0n ? substring(text, 1n, count) : sliceCharacters(text, 0, Math.max(0, characterCount(text) + Number(count)));
}

/** The last characters; a negative count leaves out that many at the start. */
export function right(text: string, count: bigint): string {
  const size = characterCount(text);
  if (count >= 0n) return sliceCharacters(text, Math.max(0, size - Number(count)), size);
  return sliceCharacters(text, Math.min(size, -Number(count)), size);
}
